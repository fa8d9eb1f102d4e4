internal import Foundation

/// This process's own streams, written whole and at once.
enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    /// Writes all of the text. When the reader of a pipe has gone, the process ends as `head` and
    /// its like expect: nobody is left to be told.
    func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Foundation.write(rawValue, $0.baseAddress, $0.count)
            }
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                guard self == .output else { return }
                if errno == EPIPE { exit(ExitStatus.success.rawValue) }
                let reason = String(cString: strerror(errno))
                StandardStream.error.write("Error: standard output cannot be written: \(reason)\n")
                exit(ExitStatus.failure.rawValue)
            }
            bytes = bytes.dropFirst(count)
        }
    }
}
