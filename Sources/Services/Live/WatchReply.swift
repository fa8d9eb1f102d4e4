internal import WireFormat

/// Writes the replies of watches around parts that are encoded already: a card is encoded once for
/// all who watch it. `WatchBoardResponse` and `WatchBookingResponse` have the same numbers; a test
/// decodes what this writes with the generated code.
enum WatchReply {
    /// The field of what happened.
    enum Event: UInt32 {
        case snapshot = 1
        case change = 2
        case heartbeat = 3
    }

    static func encode(
        _ event: Event, _ message: [UInt8], previous: Int64, revision: Int64
    ) -> [UInt8] {
        var writer = MessageWriter()
        writer.reserve(message.count + 32)
        writer.message(event.rawValue, message)
        writer.integer(13, previous)
        writer.integer(14, revision)
        return writer.bytes
    }
}
