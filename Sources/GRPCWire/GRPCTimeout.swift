/// The `grpc-timeout` header: up to eight digits and a unit.
///
/// `TimeoutValue → {positive integer as ASCII string of at most 8 digits}`,
/// `TimeoutUnit → H M S m u n` (PROTOCOL-HTTP2.md).
public enum GRPCTimeout {
    private static let units: [(letter: UInt8, nanoseconds: UInt64)] = [
        (0x6E, 1),  // n
        (0x75, 1_000),  // u
        (0x6D, 1_000_000),  // m
        (0x53, 1_000_000_000),  // S
        (0x4D, 60_000_000_000),  // M
        (0x48, 3_600_000_000_000),  // H
    ]

    /// Nanoseconds, `UInt64.max` when they do not fit (which means for ever), nil when the value is
    /// malformed.
    public static func parse(_ bytes: Span<UInt8>) -> UInt64? {
        guard bytes.count >= 2, bytes.count <= 9 else { return nil }
        var amount: UInt64 = 0
        for index in 0..<(bytes.count - 1) {
            guard bytes[index] >= 0x30, bytes[index] <= 0x39 else { return nil }
            amount = amount * 10 + UInt64(bytes[index] - 0x30)
        }
        let letter = bytes[bytes.count - 1]
        for unit in units where unit.letter == letter {
            let (product, overflow) = amount.multipliedReportingOverflow(by: unit.nanoseconds)
            return overflow ? .max : product
        }
        return nil
    }

    /// The shortest unit that fits eight digits, rounded up so that a timeout never becomes zero.
    public static func format(nanoseconds: UInt64) -> String {
        for unit in units {
            let (quotient, remainder) = nanoseconds.quotientAndRemainder(
                dividingBy: unit.nanoseconds)
            let amount = quotient + (remainder == 0 ? 0 : 1)
            if amount <= 99_999_999 {
                return "\(amount)\(Character(UnicodeScalar(unit.letter)))"
            }
        }
        return "99999999H"
    }
}
