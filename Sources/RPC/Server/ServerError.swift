internal import Glibc
internal import NIOCore

/// Why a server could not start.
public enum ServerError: Error, Sendable {
    /// An address could not be bound; the text says why.
    case cannotListen(SocketTarget, reason: String)
    case alreadyStarted
}

extension ServerError: CustomStringConvertible {
    /// A sentence for the operator.
    public var description: String {
        switch self {
        case .cannotListen(let target, let reason): "cannot listen on \(target): \(reason)"
        case .alreadyStarted: "the server has been started before"
        }
    }
}

/// What an error of binding says to an operator.
enum ListenFailure {
    static func text(_ error: any Error) -> String {
        switch error {
        case let obstacle as SocketFile.Obstacle: text(obstacle)
        case let error as IOError: text(errno: error.errnoCode)
        case SocketAddressError.unixDomainSocketPathTooLong: text(errno: ENAMETOOLONG)
        case let error as SocketAddressError.UnknownHost: "the name \(error.host) is not known"
        case SocketAddressError.unknown(let host, _): "the name \(host) is not known"
        default: String(describing: error)
        }
    }

    private static func text(_ obstacle: SocketFile.Obstacle) -> String {
        switch obstacle {
        case .isInUse: "another process listens there"
        case .isNoSocket: "the file there is not a socket"
        case .system(let code): text(errno: code)
        }
    }

    private static func text(errno code: Int32) -> String {
        switch code {
        case EADDRINUSE: "another process uses this address"
        case EADDRNOTAVAIL: "this machine does not have this address"
        case EACCES, EPERM: "this user may not listen there"
        case ENOENT: "its folder does not exist"
        case ENAMETOOLONG: "the path is too long for a socket (at most 107 bytes)"
        default: strerror(code).map { String(cString: $0) } ?? "errno \(code)"
        }
    }
}
