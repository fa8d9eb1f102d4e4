internal import GRPCWire

/// What a script learns from slotctl without reading a word. The numbers are part of the command's
/// contract and never change.
enum ExitStatus: Int32, CaseIterable, Sendable {
    case success = 0
    /// Refused or failed for another reason than those below; bad values are among them.
    case failure = 1
    /// Declined at a question, or not confirmed.
    case declined = 2
    case notFound = 3
    /// Who calls is not known, or may not do this.
    case unauthorized = 4
    /// The state of things does not allow it: slot taken, version changed, name in use.
    case conflict = 5
    /// Not reachable, overloaded, or too slow: trying again may help.
    case unavailable = 6
    /// An audit found something, as `slotd verify` says it.
    case findings = 7
    /// The command line is wrong (EX_USAGE of sysexits.h).
    case usage = 64
    /// 128 + SIGINT, as shells report it.
    case interrupted = 130

    /// What a call that ended with this code exits with.
    init(_ code: StatusCode) {
        switch code {
        case .ok: self = .success
        case .cancelled: self = .declined
        case .notFound: self = .notFound
        case .unauthenticated, .permissionDenied: self = .unauthorized
        case .failedPrecondition, .aborted, .alreadyExists: self = .conflict
        case .unavailable, .resourceExhausted, .deadlineExceeded: self = .unavailable
        case .unknown, .invalidArgument, .outOfRange, .unimplemented, .internal, .dataLoss:
            self = .failure
        }
    }
}
