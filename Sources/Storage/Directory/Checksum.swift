/// FNV-1a, 64 bits (RFC 9923): tells accidents from what was written; no protection from intent.
struct Checksum: Equatable {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }

    mutating func add(_ number: Int64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            add(CollectionOfOne(UInt8(truncatingIfNeeded: number >> Int64(shift))))
        }
    }

    /// Of a row of the journal.
    init(organization: String, position: Int64, payload: [UInt8]) {
        add(organization.utf8)
        add(position)
        add(payload)
    }

    init(_ bytes: some Sequence<UInt8>) { add(bytes) }
}
