internal import GRPCWire

/// The received messages of one streaming call, waiting for their one reader.
///
/// Keeps account of the flow-control window: bytes of a message go back to the peer when the
/// reader takes it; bytes of a message still arriving go back at once, because it could be longer
/// than the window. So what is held is at most one window of whole messages plus one message.
/// For this to hold, a compressed message stays as it came until the reader takes it: a window full
/// of them can be a thousand windows unpacked.
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
        let isPacked: Bool
    }

    private var parser: MessageParser
    private var held: [Held] = []
    private var nextIndex = 0
    private var ending = Ending.open
    private var reader: UnsafeContinuation<Outcome, Never>?
    /// Who unpacks the messages that came compressed; nil while none has.
    private var decompressor: (any MessageDecompressor)?
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
        held.append(Held(message: message, wireByteCount: 0, isPacked: false))
        ending = .complete
    }

    /// Takes bytes as they arrive. With `isGzip` the call's encoding allows compressed messages.
    mutating func receive(
        _ bytes: UnsafeRawBufferPointer, isGzip: Bool, from decompressor: any MessageDecompressor
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
            guard let message = next else { return }
            if message.wasCompressed {
                guard isGzip else {
                    throw Status(
                        .internal, "a message is compressed without a grpc-encoding that is known")
                }
                self.decompressor = decompressor
            }
            let wireByteCount = MessageParser.prefixByteCount + message.bytes.count
            held.append(
                Held(
                    message: message, wireByteCount: wireByteCount,
                    isPacked: message.wasCompressed))
            undeliveredByteCount += wireByteCount
            try deliver()
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
    mutating func takeAll() throws(Status) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        while let message = try takeFirst() { messages.append(message.bytes) }
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

    /// Gives the next message to a reader, now or when it arrives. Throws when the next one cannot
    /// be unpacked; the reader then waits for the `fail` that must follow.
    mutating func read(_ continuation: UnsafeContinuation<Outcome, Never>) throws(Status) {
        precondition(reader == nil, "a stream's messages have two readers at once")
        reader = continuation
        try deliver()
    }

    /// Answers the waiting reader, if there is one and something to say.
    private mutating func deliver() throws(Status) {
        guard let reader else { return }
        if let message = try takeFirst() {
            self.reader = nil
            reader.resume(returning: .success(message))
            return
        }
        switch ending {
        case .open:
            break
        case .complete:
            self.reader = nil
            reader.resume(returning: .success(nil))
        case .failed(let status):
            self.reader = nil
            reader.resume(returning: .failure(status))
        }
    }

    private mutating func takeFirst() throws(Status) -> StreamMessage? {
        guard nextIndex < held.count else { return nil }
        let first = held[nextIndex]
        nextIndex += 1
        if nextIndex == held.count || nextIndex >= 256 {
            held.removeFirst(nextIndex)
            nextIndex = 0
        }
        undeliveredByteCount -= first.wireByteCount
        guard first.isPacked, let decompressor else { return first.message }
        return try decompressor.decompress(first.message)
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

/// What undoes the compression of a call's messages: its connection, on either side.
protocol MessageDecompressor: AnyObject {
    /// Unpacks one message, up to the limit for received ones.
    func decompress(_ message: StreamMessage) throws(Status) -> StreamMessage
}
