/// Why the bytes of a time zone file were refused.
public enum TZifError: Error, Hashable, Sendable {
    /// The file does not begin with `TZif`.
    case notTZif
    /// Only versions 2 and later carry 64-bit times and a footer; version 1 ends in 2037.
    case unsupportedVersion
    /// A count promises more bytes than there are.
    case truncated
    /// The file counts leap seconds, which no wall clock and no timestamp of ours does.
    case leapSeconds
    /// The table contradicts itself: no type, an unknown type, times out of order, or an offset of
    /// more than 26 hours.
    case malformedTable
    /// The footer is not a POSIX time zone string with the extensions of RFC 9636.
    case malformedFooter
}
