/// Writes the replies of watches around parts that are encoded already: a card is encoded once for
/// all who watch it. `WatchBoardResponse` and `WatchBookingResponse` have the same numbers; a test
/// decodes what this writes with the generated code.
enum WatchReply {
    /// The field of what happened.
    enum Event: UInt64 {
        case snapshot = 1
        case change = 2
        case heartbeat = 3
    }

    static func encode(
        _ event: Event, _ message: [UInt8], previous: Int64, revision: Int64
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(message.count + 32)
        bytes.appendMessage(field: event.rawValue, message)
        bytes.appendNumber(field: 13, previous)
        bytes.appendNumber(field: 14, revision)
        return bytes
    }
}

extension [UInt8] {
    /// Appends a message, or text, as a field.
    mutating func appendMessage(field: UInt64, _ message: [UInt8]) {
        appendVarint(field << 3 | 2)
        appendVarint(UInt64(message.count))
        append(contentsOf: message)
    }

    fileprivate mutating func appendNumber(field: UInt64, _ number: Int64) {
        guard number != 0 else { return }
        appendVarint(field << 3)
        appendVarint(UInt64(bitPattern: number))
    }

    private mutating func appendVarint(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}
