internal import ArgumentParser

/// Why the daemon does not start, with the exit code that says whose business it is (sysexits.h).
enum StartFailure: Error, CustomStringConvertible {
    /// It cannot start as configured: 78.
    case message(String)
    /// What it recovered is broken: 70.
    case broken(String)

    /// EX_SOFTWARE: the machine's or our own fault.
    static let softwareCode: Int32 = 70
    /// EX_CONFIG: not to be tried again without a change.
    static let configurationCode: Int32 = 78

    var description: String {
        switch self {
        case .message(let text), .broken(let text): text
        }
    }

    /// Tells the error on standard error, and is what the command ends with.
    static func exit(_ error: any Error) -> any Error {
        let isBroken = if case StartFailure.broken = error { true } else { false }
        StandardStream.error("slotd: \(error)\n")
        return ExitCode(isBroken ? softwareCode : configurationCode)
    }
}
