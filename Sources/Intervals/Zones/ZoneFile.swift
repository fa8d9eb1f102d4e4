internal import Glibc

/// Reads a small file whole: the one place of this room that touches the system.
enum ZoneFile {
    /// Why there are no bytes.
    enum ReadError: Error {
        /// No such file, or a directory (`America` is one).
        case absent
        /// A system call failed; with its error number.
        case failed(errno: Int32)
    }

    /// The largest zone of tzdata has 4 kB; what is longer is cut off here, and then found
    /// malformed by the parser, before it costs memory.
    static let byteLimit = 1 << 18

    static func read(_ path: String) throws(ReadError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw errno == ENOENT || errno == ENOTDIR ? .absent : .failed(errno: errno)
        }
        defer { close(descriptor) }

        var bytes: [UInt8] = []
        while bytes.count < byteLimit {
            let count = appendChunk(from: descriptor, to: &bytes)
            if count == 0 { break }
            if count < 0 && errno == EISDIR { throw .absent }
            if count < 0 && errno != EINTR { throw .failed(errno: errno) }
        }
        return bytes
    }

    /// One `read`; its result is the system call's own.
    private static func appendChunk(from descriptor: Int32, to bytes: inout [UInt8]) -> Int {
        var chunk = [UInt8](repeating: 0, count: 8192)
        // The buffer outlives the call, and its own count bounds what is written to it.
        let count = chunk.withUnsafeMutableBytes {
            Glibc.read(descriptor, $0.baseAddress, $0.count)
        }
        if count > 0 { bytes += chunk[..<count] }
        return count
    }
}
