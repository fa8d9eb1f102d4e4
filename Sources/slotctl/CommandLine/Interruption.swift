internal import Foundation

/// Ends the program on Ctrl-C at once, with the status that scripts expect. Nothing needs to be
/// undone: every change is one call, and the daemon finishes or refuses it whole.
enum Interruption {
    static func install() {
        signal(SIGINT) { _ in
            // Only calls that are safe in a signal handler.
            let lineEnd: [UInt8] = [0x0A]
            _ = lineEnd.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, 1) }
            _exit(130)
        }
        // A reader that has gone shows itself as EPIPE, which `StandardStream` answers.
        signal(SIGPIPE, SIG_IGN)
    }
}
