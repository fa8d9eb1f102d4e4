internal import Glibc

/// The process's own streams, written without the C library's buffers: a line is there when the
/// call returns, whatever happens next.
enum StandardStream {
    static func out(_ text: String) { write(text, to: STDOUT_FILENO) }
    static func error(_ text: String) { write(text, to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                let count = Glibc.write(
                    descriptor, bytes.baseAddress! + written, bytes.count - written)
                // Nobody reads, or the pipe is closed: a daemon goes on without its log.
                guard count > 0 else { return }
                written += count
            }
        }
    }
}
