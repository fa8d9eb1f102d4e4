/// The user metadata of a call: an ordered multi-map of ASCII and binary values.
///
/// Order and duplicates are kept. Keys are lower case, `[0-9a-z_.-]`; a key that ends in `-bin`
/// carries bytes, every other one printable ASCII. Names that gRPC keeps for itself can not be
/// stored (`ReservedName`).
public struct Metadata: Sendable, Hashable {
    /// What a key carries.
    public enum Value: Sendable, Hashable {
        case text(String)
        case binary([UInt8])
    }

    /// One key and one value.
    public struct Entry: Sendable, Hashable {
        /// Lower case.
        public let key: String
        /// Text, or bytes under a `-bin` key.
        public let value: Value

        /// For what arrived from a peer, whose values we take liberally.
        package init(uncheckedKey key: String, value: Value) {
            self.key = key
            self.value = value
        }
    }

    /// All pairs in order.
    public private(set) var entries: [Entry]

    /// No metadata.
    public init() {
        entries = []
    }

    package init(entries: [Entry]) {
        self.entries = entries
    }

    /// Whether there is none.
    public var isEmpty: Bool { entries.isEmpty }
}

extension Metadata {
    /// Adds a text value. Returns false, and changes nothing, when the pair may not be sent: an
    /// illegal or reserved key, a `-bin` key, a value outside 0x20–0x7E, or one with an edge space
    /// (which HTTP strips).
    @discardableResult
    public mutating func append(_ key: String, _ value: String) -> Bool {
        let key = key.lowercased()
        guard Self.isUserKey(key), !key.hasSuffix("-bin"), Self.isSendable(value) else {
            return false
        }
        entries.append(Entry(uncheckedKey: key, value: .text(value)))
        return true
    }

    /// Adds a binary value. Returns false, and changes nothing, when the key is illegal, reserved
    /// or does not end in `-bin`.
    @discardableResult
    public mutating func append(_ key: String, _ value: [UInt8]) -> Bool {
        let key = key.lowercased()
        guard Self.isUserKey(key), key.hasSuffix("-bin") else { return false }
        entries.append(Entry(uncheckedKey: key, value: .binary(value)))
        return true
    }

    package mutating func append(_ entry: Entry) {
        entries.append(entry)
    }

    /// Removes every value of a key (lower case).
    public mutating func removeAll(_ key: String) {
        entries.removeAll { $0.key == key }
    }
}

extension Metadata {
    /// The first text value under a key (lower case). O(number of entries).
    public func first(_ key: String) -> String? {
        for entry in entries where entry.key == key {
            if case .text(let value) = entry.value { return value }
        }
        return nil
    }

    /// The first binary value under a `-bin` key. O(number of entries).
    public func firstBinary(_ key: String) -> [UInt8]? {
        for entry in entries where entry.key == key {
            if case .binary(let value) = entry.value { return value }
        }
        return nil
    }

    /// Every value under a key, in order of arrival.
    public func all(_ key: String) -> [Value] {
        entries.filter { $0.key == key }.map(\.value)
    }
}

extension Metadata {
    /// A key an application may use: legal on the wire and not gRPC's own.
    static func isUserKey(_ key: String) -> Bool {
        guard !key.isEmpty, key.utf8.allSatisfy(isKeyByte) else { return false }
        return !ReservedName.contains(key)
    }

    /// Whether a text value can leave this machine unchanged.
    package static func isSendable(_ value: String) -> Bool {
        let bytes = value.utf8
        guard bytes.first != 0x20, bytes.last != 0x20 else { return false }
        return bytes.allSatisfy { $0 >= 0x20 && $0 <= 0x7E }
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x7A, 0x5F, 0x2E, 0x2D: true
        default: false
        }
    }
}
