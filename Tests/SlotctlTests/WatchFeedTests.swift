internal import GRPCWire
internal import SlotdAPI
internal import SwiftProtobuf
internal import Synchronization
internal import Testing

@testable internal import slotctl

/// Following a watch across broken connections.
struct WatchFeedTests {
    /// A daemon whose connections each send some messages and then end in some way.
    private final class Connections: Sendable {
        enum Ending: Sendable {
            case status(Status)
            case silence
        }
        typealias Script = (messages: [Slotd_V1_WatchBookingResponse], ending: Ending)

        private let scripts: Mutex<[Script]>
        private let asked = Mutex<[Int64]>([])
        let pauses = Mutex<[Duration]>([])

        init(_ scripts: [Script]) { self.scripts = Mutex(scripts) }

        /// The revisions that were asked for, one a connection.
        var revisions: [Int64] { asked.withLock { $0 } }

        func connect() -> Transport {
            let script = scripts.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            let rest = Mutex(script?.messages ?? [])
            let stream = MessageStream(
                send: { bytes throws(Status) in
                    let request = try! Slotd_V1_WatchBookingRequest(serializedBytes: bytes)
                    self.asked.withLock { $0.append(request.sinceRevision) }
                },
                halfClose: {},
                next: { () throws(Status) -> [UInt8]? in
                    let next = rest.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                    if let next { return try! next.serializedBytes() }
                    switch script?.ending {
                    case .status(let status): throw status
                    case .silence:
                        // Until the call is cancelled.
                        let (never, _) = AsyncStream<Void>.makeStream()
                        for await _ in never {}
                        throw Status(.cancelled, "the caller cancelled")
                    case nil: throw Status(.notFound, "there is no more")
                    }
                })
            return Transport(
                unary: { _, _, _, _ throws(Status) in throw Status(.unimplemented) },
                open: { _, _, _ throws(Status) in stream }, close: {})
        }

        func feed(
            silenceMax: Duration = .seconds(60)
        ) -> WatchFeed<Slotd_V1_WatchBookingRequest, Slotd_V1_WatchBookingResponse> {
            WatchFeed(
                method: Methods.BookingService.watchBooking, metadata: Metadata(),
                connect: { self.connect() },
                request: { since in .with { $0.sinceRevision = since } },
                pause: { pause in self.pauses.withLock { $0.append(pause) } },
                silenceMax: silenceMax)
        }

        /// The revisions of the messages until the feed ends, and how it ended.
        func read(
            silenceMax: Duration = .seconds(60)
        ) async -> (revisions: [Int64], failure: CommandFailure?) {
            let got = Mutex<[Int64]>([])
            do throws(CommandFailure) {
                try await feed(silenceMax: silenceMax).run { event in
                    if case .message(let message) = event {
                        got.withLock { $0.append(message.revision) }
                    }
                    return true
                }
                return (got.withLock { $0 }, nil)
            } catch {
                return (got.withLock { $0 }, error)
            }
        }
    }

    private static func snapshot(_ revision: Int64) -> Slotd_V1_WatchBookingResponse {
        .with {
            $0.snapshot.version = 1
            $0.revision = revision
        }
    }

    private static func change(
        _ previous: Int64, _ revision: Int64
    ) -> Slotd_V1_WatchBookingResponse {
        .with {
            $0.change.actor = "ada"
            $0.previousRevision = previous
            $0.revision = revision
        }
    }

    private static let gone = Connections.Ending.status(Status(.unavailable, "gone"))

    private static func resync() throws -> Connections.Ending {
        let details = Google_Rpc_Status.with {
            $0.details = [
                try! Google_Protobuf_Any(
                    message: Google_Rpc_ErrorInfo.with { $0.reason = "RESYNC" })
            ]
        }
        return .status(Status(.outOfRange, "too far back", details: try details.serializedBytes()))
    }

    @Test("after a break it goes on behind the last message")
    func resume() async {
        let daemon = Connections([
            ([Self.snapshot(3), Self.change(3, 5)], Self.gone),
            ([Self.change(5, 8)], Self.gone),
        ])
        let end = await daemon.read()
        #expect(end.revisions == [3, 5, 8])
        #expect(daemon.revisions == [0, 5, 8])
        #expect(end.failure?.code == "NOT_FOUND")
    }

    @Test("where the daemon cannot go on, it begins again with a snapshot, without a pause")
    func resyncs() async throws {
        let daemon = Connections([
            ([Self.snapshot(3)], Self.gone), ([], try Self.resync()),
            ([Self.snapshot(20)], Self.gone),
        ])
        let end = await daemon.read()
        #expect(end.revisions == [3, 20])
        #expect(daemon.revisions == [0, 3, 0, 20])
        #expect(daemon.pauses.withLock { $0.count } == 2)
    }

    @Test("a message that does not follow on the one before is not shown; a snapshot comes first")
    func gap() async {
        let daemon = Connections([
            ([Self.snapshot(3), Self.change(6, 7)], Self.gone), ([Self.snapshot(7)], Self.gone),
        ])
        #expect(await daemon.read().revisions == [3, 7])
        #expect(daemon.revisions == [0, 0, 7])
    }

    @Test("pauses double while nothing comes, and begin anew after a message")
    func pauses() async {
        let daemon = Connections([
            ([Self.snapshot(3)], Self.gone), ([], Self.gone), ([], Self.gone),
            ([Self.change(3, 4)], Self.gone), ([], Self.gone),
        ])
        _ = await daemon.read()
        #expect(
            daemon.pauses.withLock { $0 }
                == [500, 1000, 2000, 500, 1000].map { .milliseconds($0) })
    }

    @Test("what fails before anything came is an error at once, and so is what no waiting mends")
    func failures() async {
        let away = Connections([([], Self.gone)])
        #expect(await away.read().failure?.exitStatus == .unavailable)
        #expect(away.pauses.withLock { $0.isEmpty })
        let deleted = Connections([
            ([Self.snapshot(3)], .status(Status(.notFound, "no such booking")))
        ])
        #expect(await deleted.read().failure?.exitStatus == .notFound)
    }

    @Test("a reader that had messages before waits for the daemon from the start")
    func patience() async {
        let daemon = Connections([([], Self.gone), ([Self.snapshot(3)], Self.gone)])
        let got = Mutex<[Int64]>([])
        var feed = daemon.feed()
        feed.waitsFromStart = true
        do throws(CommandFailure) {
            try await feed.run { event in
                guard case .message(let message) = event else { return true }
                got.withLock { $0.append(message.revision) }
                return false
            }
        } catch {
            Issue.record("\(error)")
        }
        #expect(got.withLock { $0 } == [3])
        #expect(daemon.pauses.withLock { $0 } == [.milliseconds(500)])
    }

    @Test("a connection that falls silent counts as broken")
    func silence() async {
        let daemon = Connections([([Self.snapshot(3)], .silence), ([Self.change(3, 4)], Self.gone)])
        let end = await daemon.read(silenceMax: .milliseconds(50))
        #expect(end.revisions == [3, 4])
        #expect(daemon.revisions == [0, 3, 4])
    }
}
