internal import Glibc

/// Copies a file as it is now; a missing one is skipped.
public func copyFile(_ from: String, _ to: String) throws {
    let source = open(from, O_RDONLY)
    guard source >= 0 else { return }
    defer { close(source) }
    let target = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard target >= 0 else { throw CopyFailed(errno: errno) }
    defer { close(target) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(source, &buffer, buffer.count)
        guard count > 0 else { return }
        guard write(target, buffer, count) == count else { throw CopyFailed(errno: errno) }
    }
}

/// A file could not be copied.
public struct CopyFailed: Error {
    /// Why, as the system says.
    public let errno: Int32
}
