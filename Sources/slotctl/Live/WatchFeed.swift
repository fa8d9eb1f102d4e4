internal import GRPCWire
internal import SlotdAPI
internal import SwiftProtobuf

/// A message of a stream that follows something: it says which revision it follows on and which it
/// leads to.
protocol WatchMessage: Message, Sendable {
    var previousRevision: Int64 { get }
    var revision: Int64 { get }
    /// What was known before is void.
    var isSnapshot: Bool { get }
    /// Nothing has happened.
    var isHeartbeat: Bool { get }
}

/// Follows a board or a booking for as long as it is wanted, across broken connections.
///
/// Rules:
/// 1. After a break it goes on behind the last message, so that nothing is missed and nothing comes
///    twice; where the daemon cannot (RESYNC), or a message does not follow on the one before, it
///    begins again with a snapshot.
/// 2. A connection that is silent for `silenceMax`, which is several heartbeats, counts as broken:
///    a cable that was pulled sends no farewell.
/// 3. Each attempt has a connection of its own. The pauses between attempts double, up to
///    `pauseMax`.
/// 4. What fails before the first message has come is the caller's to tell, and ends it, unless
///    `waitsFromStart`.
struct WatchFeed<Request: Message & Sendable, Response: WatchMessage>: Sendable {
    let method: Method<Request, Response>
    let metadata: Metadata
    /// Makes a connection.
    let connect: @Sendable () -> Transport
    /// The request that goes on after a revision; 0: from a snapshot.
    let request: @Sendable (_ since: Int64) -> Request
    /// Waits; a parameter, so that tests need not.
    var pause: @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    var silenceMax = Duration.seconds(45)
    /// The daemon has answered before, so that it is waited for even at the start.
    var waitsFromStart = false

    private static var pauseMin: Duration { .milliseconds(500) }
    private static var pauseMax: Duration { .seconds(16) }

    /// What the reader gets.
    enum Event: Sendable {
        case message(Response)
        /// The connection is broken; the next attempt comes after this pause.
        case lost(CommandFailure, pause: Duration)
    }

    /// How one connection's part of the stream ended.
    private enum Ending {
        /// The reader has had enough.
        case enough
        /// A message does not follow on the one before.
        case gap
        case failed(CommandFailure)
    }

    /// Hands over each message in order until `take` returns false or the task is cancelled.
    func run(
        _ take: @Sendable (Event) async throws(CommandFailure) -> Bool
    ) async throws(CommandFailure) {
        var since: Int64 = 0
        var hasBegun = waitsFromStart
        var wait = Self.pauseMin
        while !Task.isCancelled {
            let transport = connect()
            let start = since
            let ending = try await follow(transport, &since, take)
            await transport.close()
            if since > start { (hasBegun, wait) = (true, Self.pauseMin) }
            switch ending {
            case .enough: return
            case .gap: since = 0
            case .failed(let failure):
                guard !Task.isCancelled else { return }
                if failure.reason == "RESYNC", start > 0 {
                    since = 0
                    continue
                }
                guard hasBegun, failure.isTransient else { throw failure }
                guard try await take(.lost(failure, pause: wait)) else { return }
                await pause(wait)
                wait = min(wait * 2, Self.pauseMax)
            }
        }
    }

    /// Reads one connection's part of the stream.
    private func follow(
        _ transport: Transport, _ since: inout Int64,
        _ take: @Sendable (Event) async throws(CommandFailure) -> Bool
    ) async throws(CommandFailure) -> Ending {
        let encoded = try APIClient.encode(request(since))
        let stream: MessageStream
        do throws(Status) {
            stream = try await transport.open(method.path, metadata, nil)
            try await stream.send(encoded)
            try await stream.halfClose()
        } catch {
            return .failed(CommandFailure(error))
        }
        while true {
            let bytes: [UInt8]
            do throws(Status) {
                guard let next = try await next(stream) else {
                    return .failed(CommandFailure(Status(.unavailable, "the stream has ended")))
                }
                bytes = next
            } catch {
                return .failed(CommandFailure(error))
            }
            let message: Response = try APIClient.decode(bytes)
            guard message.isSnapshot || message.previousRevision == since else { return .gap }
            since = message.revision
            guard try await take(.message(message)) else { return .enough }
        }
    }

    /// The next message, or a failure when none comes for too long.
    private func next(_ stream: MessageStream) async throws(Status) -> [UInt8]? {
        let reading = Task { () async -> Result<[UInt8]?, Status> in
            do throws(Status) {
                return .success(try await stream.next())
            } catch {
                return .failure(error)
            }
        }
        let watchdog = Task { [silenceMax] in
            guard (try? await Task.sleep(for: silenceMax)) != nil else { return false }
            reading.cancel()
            return true
        }
        let result = await withTaskCancellationHandler {
            await reading.value
        } onCancel: {
            reading.cancel()
        }
        watchdog.cancel()
        if case .failure(let status) = result, status.code == .cancelled, await watchdog.value {
            throw Status(.unavailable, "nothing was heard for \(silenceMax)")
        }
        return try result.get()
    }
}

extension CommandFailure {
    /// Worth another attempt by a program that has time: the daemon is away, or too busy.
    fileprivate var isTransient: Bool { isRetryable || exitStatus == .unavailable }
}

extension Slotd_V1_WatchBoardResponse: WatchMessage {
    var isSnapshot: Bool { if case .snapshot = event { true } else { false } }
    var isHeartbeat: Bool { if case .heartbeat = event { true } else { false } }
}

extension Slotd_V1_WatchBookingResponse: WatchMessage {
    var isSnapshot: Bool { if case .snapshot = event { true } else { false } }
    var isHeartbeat: Bool { if case .heartbeat = event { true } else { false } }
}

extension Session {
    /// Follows a day of a location's board.
    func boardFeed(
        location: String, date: Slotd_V1_LocalDate
    ) -> WatchFeed<Slotd_V1_WatchBoardRequest, Slotd_V1_WatchBoardResponse> {
        WatchFeed(
            method: Methods.BoardService.watchBoard, metadata: api.metadata,
            connect: { [settings] in .connection(to: settings.server) },
            request: { since in
                .with {
                    $0.locationID = location
                    $0.date = date
                    $0.sinceRevision = since
                }
            })
    }

    /// Follows a booking.
    func bookingFeed(
        _ booking: String
    ) -> WatchFeed<Slotd_V1_WatchBookingRequest, Slotd_V1_WatchBookingResponse> {
        WatchFeed(
            method: Methods.BookingService.watchBooking, metadata: api.metadata,
            connect: { [settings] in .connection(to: settings.server) },
            request: { since in
                .with {
                    $0.bookingID = booking
                    $0.sinceRevision = since
                }
            })
    }

    /// Writes a watch as one JSON object a line, without heartbeats.
    func writeLines<Request, Response>(
        of feed: WatchFeed<Request, Response>,
        until isLast: @Sendable (Response) -> Bool = { _ in false }
    ) async throws(CommandFailure) {
        try await feed.run { event async throws(CommandFailure) in
            switch event {
            case .message(let message):
                if !message.isHeartbeat {
                    output.writeLine(JSONText.versioned(try JSONText.message(message)))
                }
                return !isLast(message)
            case .lost(let failure, let pause):
                note(lost: failure, pause)
                return true
            }
        }
    }

    /// Says that a connection broke, and when the next attempt comes.
    func note(lost failure: CommandFailure, _ pause: Duration) {
        output.note("\(plainText(failure.message)); trying again in \(spoken(pause))")
    }
}

/// A pause in words: `2 s`, `500 ms`.
func spoken(_ pause: Duration) -> String {
    let milliseconds = Int64(pause / .milliseconds(1))
    return milliseconds < 1000 ? "\(milliseconds) ms" : "\(milliseconds / 1000) s"
}
