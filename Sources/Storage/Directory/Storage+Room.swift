internal import Glibc

extension Storage {
    /// About what a small commit takes, with the pages that it touches.
    private static let roomBytes = 64 << 10

    /// Whether a commit would find room in a data directory: tries with a file that is gone again
    /// when this returns. To be asked while the disk is known to be full, since nothing else tells
    /// when it is no longer. Costs a few system calls; blocks while the disk does.
    public static func hasRoom(in directory: String) -> Bool {
        let path = "\(directory)/room.tmp"
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return false }
        defer {
            close(file)
            unlink(path)
        }
        let zeros = [UInt8](repeating: 0, count: roomBytes)
        // Some file systems take what they have no blocks for, and only tell when it is synced.
        return Glibc.write(file, zeros, zeros.count) == zeros.count && fsync(file) == 0
    }
}
