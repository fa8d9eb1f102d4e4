/// Why a command did not do what was asked: the one error type below the command line. It carries
/// what a person reads and what a script switches on.
struct CommandFailure: Error, Equatable, Sendable {
    /// A gRPC status code's word, or `USAGE`, `DECLINED`, `LOCAL`.
    var code: String
    var exitStatus: ExitStatus
    /// A `slotd.v1.Reason` without its prefix; empty when there is none.
    var reason = ""
    var message: String
    /// The same call may succeed later.
    var isRetryable = false
    /// The fields of the request that are wrong.
    var violations: [Violation] = []
    /// The record it is about: kind and id.
    var resource: Resource?
    var retryAfterSeconds: Double?
    /// Further facts of the daemon: blocking ids, the next free start, the current version.
    var facts: [String: String] = [:]
    /// What an ambiguous name could have meant, a line each.
    var candidates: [String] = []
    /// The zone of the place that the command was about: times in facts are told by its clock.
    var zone: Zone?

    struct Violation: Equatable, Sendable {
        var field: String
        var description: String
    }

    struct Resource: Equatable, Sendable {
        var kind: String
        var id: String
    }

    /// The same, with times told by this zone's clock.
    func told(in zone: Zone?) -> CommandFailure {
        var copy = self
        copy.zone = zone ?? copy.zone
        return copy
    }

    /// The command line asks for something that cannot be meant.
    static func usage(_ message: String) -> CommandFailure {
        CommandFailure(code: "USAGE", exitStatus: .usage, message: message)
    }

    /// The user said no, or nobody was there to say yes.
    static func declined(_ message: String) -> CommandFailure {
        CommandFailure(code: "DECLINED", exitStatus: .declined, message: message)
    }

    /// Something on this machine is in the way: a file, a configuration, the data to import.
    static func local(_ message: String) -> CommandFailure {
        CommandFailure(code: "LOCAL", exitStatus: .failure, message: message)
    }

    /// A name on the command line names nothing.
    static func unknownName(_ kind: String, _ name: String) -> CommandFailure {
        var failure = CommandFailure(
            code: "NOT_FOUND", exitStatus: .notFound, message: "no \(kind) is called “\(name)”")
        failure.reason = "UNKNOWN_RECORD"
        failure.resource = Resource(kind: kind, id: name)
        return failure
    }
}
