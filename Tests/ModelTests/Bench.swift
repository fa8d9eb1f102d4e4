import Engine
import Glibc
import Intervals
import NIOConcurrencyHelpers
import Storage
import TestSupport
import Testing

@testable import Scheduling

/// The real thing under test: an engine on a data directory, with a clock that is set by hand.
final class Bench {
    private(set) var directory: String
    private(set) var engine: Engine
    private var journal: SQLiteJournal
    private let time: NIOLockedValueBox<Instant>

    init(directory: String, now: Instant) throws {
        self.directory = directory
        time = NIOLockedValueBox(now)
        (engine, journal) = try Bench.start(directory, time)
    }

    /// The clock. Never goes back.
    var now: Instant {
        get { time.withLockedValue { $0 } }
        set { time.withLockedValue { $0 = newValue } }
    }

    private static func start(
        _ directory: String, _ time: NIOLockedValueBox<Instant>
    ) throws -> (Engine, SQLiteJournal) {
        var organizations: [Identifier<OrganizationProfile>: Organization] = [:]
        let zones = TimeZoneDatabase()
        // The tables are written at an orderly stop alone, so that a crash has a journal to replay.
        var limits = StorageLimits()
        limits.writeDelayMilliseconds = 3_600_000
        limits.recordsPerWrite = 1_000_000
        let storage = try Storage.open(directory: directory, limits: limits)
        let journal = try storage.recover(receiptsSince: Instant(milliseconds: .min)) { step in
            switch step {
            case .record(let id, .organization(let profile)):
                organizations[id] = Organization(profile: profile, zones: zones)
            case .record(let id, let record): organizations[id]?.restore(record)
            case .receipt(let receipt):
                organizations[receipt.organization]?.restore(
                    receipt.receipt, actor: receipt.actor, rpc: receipt.rpc, at: receipt.at)
            case .checkpoint(let id, let position):
                organizations[id]?.restore(position: position)
            case .event(let entry):
                if organizations[entry.organization] == nil,
                    case .put(.organization(let profile)) = entry.event.writes.first
                {
                    organizations[entry.organization] = Organization(
                        profile: profile, zones: zones)
                }
                organizations[entry.organization]?.apply(entry.event)
            }
        }
        let engine = Engine(
            journal: journal, organizations: Array(organizations.values),
            clock: { time.withLockedValue { $0 } }, deliver: { _, job in job() },
            didFail: { _ in abort() })
        return (engine, journal)
    }

    func stop() throws {
        engine.stop()
        try journal.close()
    }

    /// How a daemon ends.
    enum End: String {
        /// It writes its tables and closes its files.
        case orderly
        /// Its files are as they were at that moment: old tables, and the journal.
        case crash
        /// The tables are lost with it.
        case losingTables
    }

    /// Ends so, and comes back from the disk.
    func restart(_ end: End) throws {
        let before = directory
        if end == .crash {
            directory += "-again"
            mkdir(directory, 0o700)
            for file in [
                "journal.db", "journal.db-wal", "tables.db", "tables.db-wal", "journal.mark",
            ] {
                try copyFile("\(before)/\(file)", "\(directory)/\(file)")
            }
        }
        try stop()
        if end == .losingTables {
            for file in ["tables.db", "tables.db-wal", "tables.db-shm"] {
                unlink("\(directory)/\(file)")
            }
        }
        (engine, journal) = try Bench.start(directory, time)
    }

    /// A new organization.
    func create(_ details: OrganizationProfile.Details) throws -> OrganizationCell {
        let done = Answer()
        let now = engine.createOrganization(
            details, zones: TimeZoneDatabase(), call, encode: { _, _ in [] },
            release: { done.bring($0) })
        if case .refused(let rejection) = now ?? done.wait() { throw rejection }
        return try #require(engine.organization(details.externalRef))
    }

    /// In which role the next calls are made.
    var role = CallerRole.staff

    private var call: MutationCall {
        MutationCall(
            actor: "model", role: role, rpc: "model", loop: 0, requestID: "", fingerprint: 0)
    }

    /// Performs a command, waits until what it did is durable, and returns its outcome; nil and the
    /// reason's name when it is refused.
    func perform<C: Command>(
        _ command: C, in name: String
    ) throws -> (outcome: C.Outcome?, reason: String) {
        let cell = try #require(engine.organization(name))
        let done = Answer()
        var outcome: C.Outcome?
        let now = engine.perform(
            in: cell, call, command: { _, _ in command },
            encode: { value, _ in
                outcome = value
                return []
            }, release: { done.bring($0) })
        if case .refused(let rejection) = now ?? done.wait() {
            return (nil, "\(rejection.reason)")
        }
        return (outcome, "")
    }

    /// An organization as it is now.
    func organization(_ name: String) throws -> Organization {
        let cell = try #require(engine.organization(name))
        return try engine.advise(cell) { organization, _ in organization }.get()
    }
}

/// An answer that one thread waits for and another brings.
private final class Answer: Sendable {
    private let lock = ConditionLock(value: false)
    // Guarded by `lock`.
    private nonisolated(unsafe) var value: MutationAnswer?

    func bring(_ value: MutationAnswer) {
        lock.lock()
        self.value = value
        lock.unlock(withValue: true)
    }

    func wait() -> MutationAnswer {
        lock.lock(whenValue: true)
        defer { lock.unlock() }
        guard let value else { preconditionFailure("the lock says that the value is there") }
        return value
    }
}

extension Table {
    /// All rows, in order of id.
    var all: [Row] {
        var rows: [Row] = []
        forEach {
            rows.append($0)
            return true
        }
        return rows
    }
}
