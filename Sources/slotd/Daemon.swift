internal import Engine
internal import Glibc
internal import Intervals
internal import Logging
internal import RPC
internal import Scheduling
internal import Storage
internal import Synchronization

/// Storage and engine, recovered and running.
final class Daemon: Sendable {
    let engine: Engine
    private let journal: SQLiteJournal
    private let relay: LoopRelay
    private let logger: Logger

    /// Opens and recovers; throws what `Storage` throws, or `StartFailure` when what was recovered
    /// breaks an invariant.
    init(
        dataDirectory: String, zones: TimeZoneDatabase, testClock wish: TestClockWish?,
        health: HealthService, logger: Logger
    ) throws {
        let storage = try Storage.open(directory: dataDirectory)
        var recovery = Recovery(zones: zones)
        // What time it is for a development directory is known only when it has been read.
        let oldest =
            wish == nil
            ? Clock.now().adding(seconds: -Limits.receiptSeconds) : Instant(milliseconds: .min)
        let journal = try storage.recover(receiptsSince: oldest) { step throws(StorageError) in
            recovery.take(step)
        }
        guard recovery.orphans == 0 else {
            throw StartFailure.broken("\(recovery.orphans) records belong to no organization")
        }
        let organizations = Array(recovery.organizations.values)
        for organization in organizations {
            let violations = organization.violations()
            guard violations.isEmpty else {
                throw StartFailure.broken(
                    "\(organization.id) breaks \(violations.count) invariants: "
                        + violations.prefix(5).joined(separator: "; "))
            }
        }
        let testClock = try TestClockWish.clock(
            for: organizations, wish: wish, directory: dataDirectory)
        let relay = LoopRelay()
        engine = Engine(
            journal: journal, organizations: organizations, clock: { Clock.now() },
            testClock: testClock, deliver: { loop, job in relay.deliver(loop, job) },
            roomChanged: { hasRoom in
                health.set(Health.write, isServing: hasRoom)
                logger.log(
                    level: hasRoom ? .notice : .error,
                    hasRoom ? "the disk has room again" : "the disk is full: writes are refused")
            },
            didFail: { error in
                // What of the batch is durable is unknown: nothing may be acknowledged any more,
                // and only a start from the disk can tell (architecture.md, The one idea).
                logger.critical("the journal failed", metadata: ["error": "\(error)"])
                _exit(StartFailure.softwareCode)
            })
        self.journal = journal
        self.relay = relay
        self.logger = logger
        try createDefaultOrganization(zones)
        if let testClock { try setClock(testClock, to: wish?.start) }
        logger.info(
            "recovered",
            metadata: [
                "organizations": "\(organizations.count)", "events": "\(recovery.events)",
                "records": "\(recovery.records)",
            ])
    }

    /// From now on answers go to this server's event loops.
    func attach(_ server: Server) {
        relay.attach(server)
    }

    /// Commits what is queued and closes the files.
    func stop() {
        engine.stop()
        do {
            try journal.close()
        } catch {
            logger.error("the files were not closed", metadata: ["error": "\(error)"])
        }
    }

    /// Lets the clock of a development directory go on to the time that was wished, if that lies
    /// ahead, and says so loudly that nobody takes it for the real one.
    private func setClock(_ clock: TestClock, to start: Instant?) throws {
        guard let cell = engine.organizations().first else { return }
        let done = OneShot<MutationAnswer>()
        let answer = engine.moveClock(
            MoveClock(.to(max(clock.now, start ?? clock.now))), in: cell,
            MutationCall(actor: "slotd", rpc: "start", loop: 0, requestID: "", fingerprint: 0),
            encode: { _, _ in [] }, release: { done.fulfill($0) })
        if case .refused(let rejection) = answer ?? done.wait() {
            throw StartFailure.message(rejection.message)
        }
        // At a level that no setting hides.
        logger.critical(
            "DEVELOPMENT MODE: the clock is a test clock and stands still until a call moves it",
            metadata: [
                "now_unix_ms": "\(clock.now.milliseconds)", "now": "\(clock.now.minute)",
                "asked_for": "\(start.map { "\($0.minute)" } ?? "no time")",
            ])
    }

    /// The organization that calls without a name mean exists from the first start.
    private func createDefaultOrganization(_ zones: TimeZoneDatabase) throws {
        guard engine.organization(Engine.defaultOrganization) == nil else { return }
        var details = OrganizationProfile.Details()
        details.externalRef = Engine.defaultOrganization
        details.name = "Default"
        let done = OneShot<MutationAnswer>()
        let answer = engine.createOrganization(
            details, zones: zones,
            MutationCall(
                actor: "slotd", rpc: "start", loop: 0, requestID: "", fingerprint: 0),
            encode: { _, _ in [] }, release: { done.fulfill($0) })
        if case .refused(let rejection) = answer ?? done.wait() {
            throw StartFailure.message(rejection.message)
        }
    }
}

/// Puts organizations together from what recovery hands over.
private struct Recovery {
    let zones: TimeZoneDatabase
    var organizations: [Identifier<OrganizationProfile>: Organization] = [:]
    var records = 0
    var events = 0
    /// Steps of organizations whose own record did not come first.
    var orphans = 0

    mutating func take(_ step: RecoveryStep) {
        defer { if organizations[step.organization] == nil { orphans += 1 } }
        switch step {
        case .record(let id, .organization(let profile)):
            organizations[id] = Organization(profile: profile, zones: zones)
        case .record(let id, let record):
            organizations[id]?.restore(record)
            records += 1
        case .receipt(let receipt):
            organizations[receipt.organization]?.restore(
                receipt.receipt, actor: receipt.actor, rpc: receipt.rpc, at: receipt.at)
        case .checkpoint(let id, let position):
            organizations[id]?.restore(position: position)
        case .event(let entry):
            if organizations[entry.organization] == nil,
                case .put(.organization(let profile)) = entry.event.writes.first
            {
                organizations[entry.organization] = Organization(profile: profile, zones: zones)
            }
            organizations[entry.organization]?.apply(entry.event)
            events += 1
        }
    }
}

extension RecoveryStep {
    /// Whose it is.
    fileprivate var organization: Identifier<OrganizationProfile> {
        switch self {
        case .record(let id, _), .checkpoint(let id, _): id
        case .receipt(let receipt): receipt.organization
        case .event(let entry): entry.organization
        }
    }
}

/// Hands the engine's jobs to the server's event loops; before there is a server, runs them where
/// they come from.
private final class LoopRelay: Sendable {
    private let server = Mutex<Server?>(nil)

    func attach(_ server: Server) {
        self.server.withLock { $0 = server }
    }

    func deliver(_ loop: Int, _ job: @escaping @Sendable () -> Void) {
        guard let server = server.withLock({ $0 }) else { return job() }
        server.execute(onLoop: loop, job)
    }
}
