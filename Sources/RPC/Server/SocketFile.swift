internal import Glibc

/// The file of a Unix socket that this process has bound: known by its inode, since another process
/// may have put its own in the same place since.
struct SocketFile: Sendable {
    private let path: String
    private let device: dev_t
    private let inode: ino_t

    /// Why a Unix socket cannot be bound at a path.
    enum Obstacle: Error {
        /// A process listens there.
        case isInUse
        /// Something else than a socket lies there.
        case isNoSocket
        /// The system's `errno`.
        case system(Int32)
    }

    /// The file that was just bound; nil when it has gone already.
    init?(at path: String) {
        guard let found = Self.status(path) else { return nil }
        self.path = path
        device = found.st_dev
        inode = found.st_ino
    }

    /// Removes the file, if it is still this one.
    func remove() {
        guard let found = Self.status(path), found.st_dev == device, found.st_ino == inode else {
            return
        }
        unlink(path)
    }

    /// Removes the socket of a process that ended without doing so. Throws when somebody answers
    /// there, and when it is not a socket.
    static func makeWay(at path: String) throws(Obstacle) {
        guard let found = status(path) else { return }
        guard found.st_mode & S_IFMT == S_IFSOCK else { throw .isNoSocket }
        guard try !isAnswered(path) else { throw .isInUse }
        guard unlink(path) == 0 || errno == ENOENT else { throw .system(errno) }
    }

    /// A socket that is bound to the path; the caller owns it.
    static func bind(at path: String) throws(Obstacle) -> CInt {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | nonBlocking, 0)
        guard descriptor >= 0 else { throw .system(errno) }
        do throws(Obstacle) {
            let code = try withAddress(path) { Glibc.bind(descriptor, $0, $1) }
            guard code == 0 else { throw .system(errno) }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Lets more connections wait to be accepted than NIO does for a socket that it did not bind.
    static func deepenBacklog(of descriptor: CInt) {
        // It listens already, and goes on so where this is refused.
        _ = listen(descriptor, 1024)
    }

    /// Whether a process accepts connections there. The kernel refuses at once when none does.
    private static func isAnswered(_ path: String) throws(Obstacle) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | nonBlocking, 0)
        guard descriptor >= 0 else { throw .system(errno) }
        defer { close(descriptor) }
        let code = try withAddress(path) { connect(descriptor, $0, $1) }
        // A full backlog (EAGAIN) is a living process's; only a refusal says that nobody is there.
        return code == 0 || errno != ECONNREFUSED && errno != ENOENT
    }

    /// Runs a system call with the path as an address.
    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) throws(Obstacle) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let isShort = withUnsafeMutableBytes(of: &address.sun_path) { field in
            // One byte is left for the end of the string.
            guard path.utf8.count < field.count else { return false }
            field.copyBytes(from: path.utf8)
            return true
        }
        guard isShort else { throw .system(ENAMETOOLONG) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static let nonBlocking = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)

    private static func status(_ path: String) -> stat? {
        var found = stat()
        return lstat(path, &found) == 0 ? found : nil
    }
}
