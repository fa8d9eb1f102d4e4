/// Why compressed bytes could not be read.
public enum GzipError: Error, Hashable, Sendable {
    /// Not gzip, or damaged: a bad header, code, checksum or length.
    case corrupt
    /// The input ended inside a member.
    case truncated
    /// The output would be longer than the limit, in bytes.
    case tooLarge(limit: Int)
}
