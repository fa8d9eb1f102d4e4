internal import Scheduling
internal import WireFormat

// Ids, as 128 bits in two words.

extension MessageWriter {
    mutating func id(_ field: UInt32, _ value: UInt128) {
        message(field) { writer in
            writer.fixed64(1, UInt64(truncatingIfNeeded: value >> 64))
            writer.fixed64(2, UInt64(truncatingIfNeeded: value))
        }
    }

    mutating func id<Record>(_ field: UInt32, _ id: Identifier<Record>) {
        self.id(field, id.value)
    }
}
