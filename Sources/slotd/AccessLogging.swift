internal import ArgumentParser
internal import Engine
internal import GRPCWire
internal import NIOConcurrencyHelpers
internal import Scheduling
internal import Services
internal import Synchronization

/// What `--access-log` takes: of which calls a line is written.
enum AccessLogging: Equatable, ExpressibleByArgument {
    /// No line at all.
    case off
    /// Of calls that fail, and of those that look at patients' records.
    case errors
    /// Of these, and of every Nth of the others.
    case sampled(every: Int)

    init?(argument: String) {
        switch argument {
        case "off": self = .off
        case "errors": self = .errors
        case "all": self = .sampled(every: 1)
        default:
            guard argument.hasPrefix("1/"), let every = Int(argument.dropFirst(2)),
                (1...1_000_000).contains(every)
            else { return nil }
            self = .sampled(every: every)
        }
    }

    var defaultValueDescription: String {
        switch self {
        case .off: "off"
        case .errors: "errors"
        case .sampled(1): "all"
        case .sampled(let every): "1/\(every)"
        }
    }
}

/// Writes the access log to standard error, from a thread of its own: an event loop only leaves a
/// note here, and never waits for whoever reads the log.
///
/// The notes that wait are bounded by `notesMax`; what comes when there is no room is counted, and
/// a line tells how many there were.
final class AccessWriter: Sendable {
    /// Notes that may wait. Each keeps at most 32 KiB of messages.
    static let notesMax = 1024

    private struct Queue: Sendable {
        var notes: [(at: Instant, note: AccessNote)] = []
        var dropped = 0
        var isStopping = false
    }

    /// True when the thread has something to do.
    private let queue = ConditionLock<Bool>(value: false)
    // Guarded by `queue`.
    private nonisolated(unsafe) var state = Queue()
    private let served = Atomic<UInt64>(0)
    private let write: @Sendable (String) -> Void

    init(write: @escaping @Sendable (String) -> Void = StandardStream.error) {
        self.write = write
    }

    /// What the services get; nil when nothing is wanted.
    func log(_ wish: AccessLogging) -> AccessLog? {
        switch wish {
        case .off: nil
        case .errors: AccessLog(takesOther: { false }, take: { self.take($0) })
        case .sampled(let every):
            AccessLog(
                takesOther: {
                    let (before, _) = self.served.wrappingAdd(1, ordering: .relaxed)
                    return before % UInt64(every) == 0
                }, take: { self.take($0) })
        }
    }

    /// Leaves a note. Never blocks but for the lock, which is held for a copy.
    func take(_ note: AccessNote) {
        queue.lock()
        if state.notes.count < AccessWriter.notesMax {
            state.notes.append((Clock.now(), note))
        } else {
            state.dropped += 1
        }
        queue.unlock(withValue: true)
    }

    /// Starts the thread; it ends after `stop`, when everything is written.
    func start() -> WorkerThread {
        WorkerThread { while self.writeNotes() {} }
    }

    /// Lets the thread end.
    func stop() {
        queue.lock()
        state.isStopping = true
        queue.unlock(withValue: true)
    }

    /// Waits for notes and writes them; false when there will be no more.
    private func writeNotes() -> Bool {
        queue.lock(whenValue: true)
        let taken = state
        state.notes = []
        state.dropped = 0
        queue.unlock(withValue: false)
        var lines = ""
        for (at, note) in taken.notes { lines += note.line(at: at) }
        if taken.dropped > 0 {
            lines += JSONLog.line(
                at: Clock.now(), level: "warning", "access lines dropped",
                [("count", "\(taken.dropped)")])
        }
        if !lines.isEmpty { write(lines) }
        return !taken.isStopping
    }
}

extension AccessNote {
    /// As a line of the log.
    func line(at now: Instant) -> String {
        var fields = [
            ("rpc", JSONLog.quoted(rpc)), ("access", JSONLog.quoted(kind.rawValue)),
            ("organization", organization.map(JSONLog.quoted) ?? "null"),
            ("actor", actor.map(JSONLog.quoted) ?? "null"),
            ("role", role.map(JSONLog.quoted) ?? "null"),
        ]
        var level = "info"
        if case .ended(let code, let reason) = progress {
            fields.append(("status", JSONLog.quoted("\(code)")))
            if let reason { fields.append(("reason", JSONLog.quoted(reason))) }
            let thousandths = String(nanoseconds / 1000 % 1000)
            let padding = String(repeating: "0", count: 3 - thousandths.count)
            fields.append(("ms", "\(nanoseconds / 1_000_000).\(padding)\(thousandths)"))
            // The daemon's own fault, for whoever looks at nothing below a warning.
            if [.internal, .unknown, .dataLoss].contains(code) { level = "warning" }
        }
        if let requestID { fields.append(("request_id", JSONLog.quoted(requestID))) }
        let ids = ids
        if !ids.isEmpty {
            fields.append(("ids", "[" + ids.map(JSONLog.quoted).joined(separator: ",") + "]"))
        }
        let message: String
        if case .opened = progress { message = "stream opened" } else { message = "call" }
        return JSONLog.line(at: now, level: level, message, fields)
    }
}
