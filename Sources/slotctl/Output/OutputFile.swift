internal import Foundation

/// A file that a command writes, through a buffer.
final class OutputFile: @unchecked Sendable {
    // Used by one task at a time.
    private let path: String
    /// Where it is written until it is whole; nil: in its place.
    private let temporary: String?
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    /// Nothing stood there before.
    let isEmpty: Bool

    private static let bufferBytes = 64 << 10

    /// A file that takes its place when it is whole, and not before: who reads the path sees what
    /// stood there before, or all of this.
    init(replacing path: String) throws(CommandFailure) {
        self.path = path
        isEmpty = true
        // Beside it, so that the rename stays on one file system.
        let temporary = "\(path).\(getpid()).partial"
        self.temporary = temporary
        descriptor = try Self.open(temporary, O_TRUNC)
    }

    /// A file that is written in its place; with `isContinued` after what stands there.
    init(path: String, isContinued: Bool) throws(CommandFailure) {
        self.path = path
        temporary = nil
        descriptor = try Self.open(path, isContinued ? O_APPEND : O_TRUNC)
        isEmpty = lseek(descriptor, 0, SEEK_END) <= 0
    }

    deinit {
        guard descriptor >= 0 else { return }
        if let temporary {
            unlink(temporary)
        } else {
            try? flush()
        }
        close(descriptor)
    }

    func write(_ text: String) throws(CommandFailure) {
        buffer += Array(text.utf8)
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Hands everything to the system.
    func flush() throws(CommandFailure) {
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("written") }
            rest = rest.dropFirst(count)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Ends the file: all of it is on the disk and in its place.
    func commit() throws(CommandFailure) {
        try flush()
        guard fsync(descriptor) == 0 else { throw failure("written") }
        close(descriptor)
        descriptor = -1
        guard let temporary else { return }
        guard rename(temporary, path) == 0 else {
            let failure = failure("written")
            unlink(temporary)
            throw failure
        }
        try Self.syncFolder(of: path)
    }

    /// A rename is on the disk when its folder is.
    private static func syncFolder(of path: String) throws(CommandFailure) {
        let parent = (path as NSString).deletingLastPathComponent
        let folder = Foundation.open(parent.isEmpty ? "." : parent, O_RDONLY | O_DIRECTORY)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private static func open(_ path: String, _ flags: Int32) throws(CommandFailure) -> Int32 {
        let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o600)
        guard descriptor >= 0 else {
            throw .local("\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    private func failure(_ verb: String) -> CommandFailure {
        .local("\(path) cannot be \(verb): \(String(cString: strerror(errno)))")
    }
}
