internal import GRPCWire

/// The received messages of one streaming call, waiting for their one reader.
///
/// Keeps account of the flow-control window: bytes of a message go back to the peer when the
/// reader takes it; bytes of a message still arriving go back at once, because it could be longer
/// than the window. So what is held is at most one window of whole messages plus one message.
///
/// Owned by the call's event loop.
struct Inbox {
    typealias Outcome = Result<StreamMessage?, Status>

    private enum Ending {
        case open
        case complete
        case failed(Status)
    }

    private struct Held {
        let message: StreamMessage
        let wireByteCount: Int
    }

    private var parser: MessageParser
    private var held: [Held] = []
    private var nextIndex = 0
    private var ending = Ending.open
    private var reader: UnsafeContinuation<Outcome, Never>?
    private var receivedByteCount = 0
    private var consumedByteCount = 0
    /// Wire bytes of whole messages not yet taken.
    private var undeliveredByteCount = 0
    private var reportedByteCount = 0

    init(parser: MessageParser) {
        self.parser = parser
    }

    /// For a call whose single request arrived before its handler was started.
    mutating func preload(_ message: StreamMessage) {
        held.append(Held(message: message, wireByteCount: 0))
        ending = .complete
    }

    mutating func receive(
        _ bytes: UnsafeRawBufferPointer,
        decompress: (StreamMessage) throws(Status) -> StreamMessage
    ) throws(Status) {
        receivedByteCount += bytes.count
        var offset = 0
        while true {
            let next: StreamMessage?
            do throws(MessageParser.Failure) {
                next = try parser.next(bytes, offset: &offset)
            } catch {
                throw Status(error)
            }
            guard var message = next else { return }
            let wireByteCount = MessageParser.prefixByteCount + message.bytes.count
            if message.wasCompressed { message = try decompress(message) }
            if let reader {
                self.reader = nil
                reader.resume(returning: .success(message))
            } else {
                held.append(Held(message: message, wireByteCount: wireByteCount))
                undeliveredByteCount += wireByteCount
            }
        }
    }

    /// The peer sends no more.
    mutating func finish() throws(Status) {
        guard parser.isAtBoundary else {
            throw Status(.internal, "the stream ends inside a message")
        }
        complete()
    }

    var isAtBoundary: Bool { parser.isAtBoundary }

    /// No more will come, and what is held stays readable.
    mutating func complete() {
        guard case .open = ending else { return }
        ending = .complete
        reader?.resume(returning: .success(nil))
        reader = nil
    }

    /// Takes every whole message at once, for a call that has no reader.
    mutating func takeAll() -> [[UInt8]] {
        let messages = held[nextIndex...].map(\.message.bytes)
        held = []
        nextIndex = 0
        undeliveredByteCount = 0
        return messages
    }

    /// Drops what is held; every read from now on fails.
    mutating func fail(_ status: Status) {
        ending = .failed(status)
        held = []
        nextIndex = 0
        reader?.resume(returning: .failure(status))
        reader = nil
    }

    mutating func read(_ continuation: UnsafeContinuation<Outcome, Never>) {
        if nextIndex < held.count {
            let first = held[nextIndex]
            nextIndex += 1
            if nextIndex == held.count || nextIndex >= 256 {
                held.removeFirst(nextIndex)
                nextIndex = 0
            }
            undeliveredByteCount -= first.wireByteCount
            continuation.resume(returning: .success(first.message))
            return
        }
        switch ending {
        case .complete:
            continuation.resume(returning: .success(nil))
        case .failed(let status):
            continuation.resume(returning: .failure(status))
        case .open:
            precondition(reader == nil, "a stream's messages have two readers at once")
            reader = continuation
        }
    }

    /// The reader's task was cancelled.
    mutating func cancelRead() {
        reader?.resume(returning: .failure(Status(.cancelled, "the reader was cancelled")))
        reader = nil
    }

    /// Bytes to give back to the stream's window since the last call.
    mutating func takeConsumable() -> Int {
        let count = receivedByteCount - undeliveredByteCount - consumedByteCount
        guard count > 0 else { return 0 }
        consumedByteCount += count
        return count
    }

    /// The change of held bytes since the last call, for the connection's account.
    mutating func takeBufferChange() -> Int {
        let change = undeliveredByteCount - reportedByteCount
        reportedByteCount = undeliveredByteCount
        return change
    }

    /// What was reported and is now dropped.
    mutating func takeUndeliveredCount() -> Int {
        defer { reportedByteCount = 0 }
        return reportedByteCount
    }
}
