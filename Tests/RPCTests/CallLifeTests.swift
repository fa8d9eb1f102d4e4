import GRPCWire
import HTTP2
import NIOCore
import NIOEmbedded
import Testing

@testable import RPC

/// Parked calls handed out by a test table, to be finished by the test.
final class Parking: @unchecked Sendable {
    // Touched from the test's one thread only.
    var calls: [ParkedCall] = []
    var deadlines: [UInt64?] = []
    var cancelled = 0
    var running = 0
    var mayRead: UnsafeContinuation<Void, Never>?

    func table() -> ServiceTable {
        var table = Echo.table()
        table.unary("/test.Park/Unary") { context, _ in
            self.calls.append(context.park())
            self.deadlines.append(context.deadline)
            return .parked
        }
        table.stream("/test.Park/Stream", kind: .bidirectional) { stream throws(Status) in
            self.running += 1
            defer { self.running -= 1 }
            do throws(Status) {
                for try await _ in stream.requests {}
            } catch {
                self.cancelled += 1
                throw error
            }
        }
        table.stream("/test.Park/Idle", kind: .bidirectional) { stream throws(Status) in
            await withUnsafeContinuation { self.mayRead = $0 }
            for try await _ in stream.requests {}
        }
        return table
    }
}

@Suite("The life of a call")
struct CallLifeTests {
    private func park(_ peer: RawPeer, _ headers: [(String, String?)] = []) throws -> Int {
        let slot = try peer.open([(":path", "/test.Park/Unary")] + headers)
        try peer.send(slot, RawPeer.message([1]), ends: true)
        return slot
    }

    @Test("A parked call is answered when it is finished, and only once")
    func parked() throws {
        let parking = Parking()
        let peer = try RawPeer(parking.table())
        defer { peer.disconnect() }
        let slot = try park(peer)
        #expect(peer.answer(slot).headers.isEmpty)
        #expect(peer.connection.runningCallCount == 1)
        parking.calls[0].finish(.message([7]))
        parking.calls[0].finish(.message([8]))
        try peer.exchange()
        #expect(peer.answer(slot).body == RawPeer.message([7]))
        parking.calls[0].finish(.message([9]))
        try peer.exchange()
        #expect(peer.connection.runningCallCount == 0)
    }

    @Test("A cancelled parked call counts as running until it is finished, harmlessly")
    func cancelled() throws {
        let parking = Parking()
        let peer = try RawPeer(parking.table())
        defer { peer.disconnect() }
        let slot = try park(peer)
        try peer.reset(slot)
        #expect(peer.connection.runningCallCount == 1)
        parking.calls[0].finish(.message([7]))
        parking.calls[0].finish(.message([7]))
        try peer.exchange()
        #expect(peer.connection.runningCallCount == 0)
        #expect(peer.loop.runningCallCount == 0)
        #expect(peer.answer(slot).headers.isEmpty)
    }

    @Test("A call finished after its connection has gone is ignored")
    func connectionGone() throws {
        let parking = Parking()
        let peer = try RawPeer(parking.table())
        _ = try park(peer)
        peer.disconnect()
        #expect(peer.loop.runningCallCount == 1)
        parking.calls[0].finish(.message([7]))
        #expect(peer.loop.runningCallCount == 0)
    }

    @Test("A deadline ends a parked call with DEADLINE_EXCEEDED, not before its time")
    func deadline() throws {
        let parking = Parking()
        let peer = try RawPeer(parking.table())
        defer { peer.disconnect() }
        let slot = try park(peer, [("grpc-timeout", "100m")])
        peer.channel.embeddedEventLoop.advanceTime(by: .milliseconds(99))
        try peer.exchange()
        #expect(peer.answer(slot).headers.isEmpty)
        peer.channel.embeddedEventLoop.advanceTime(by: .milliseconds(10))
        try peer.exchange()
        #expect(peer.answer(slot).grpcStatus == 4)
        parking.calls[0].finish(.message([7]))
        #expect(peer.connection.runningCallCount == 0)
    }

    @Test("A unary call without a deadline has the default, one with too much the most allowed")
    func deadlineBounds() throws {
        let parking = Parking()
        let peer = try RawPeer(parking.table())
        defer { peer.disconnect() }
        _ = try park(peer)
        _ = try park(peer, [("grpc-timeout", "1H")])
        #expect(parking.deadlines == [2_000_000_000, 10_000_000_000])
    }

    @Test("A request that never ends runs into its deadline")
    func slowRequest() throws {
        let peer = try RawPeer()
        defer { peer.disconnect() }
        let slot = try peer.open()
        try peer.send(slot, [0, 0], ends: false)
        peer.channel.embeddedEventLoop.advanceTime(by: .seconds(3))
        try peer.exchange()
        #expect(peer.answer(slot).grpcStatus == 4)
        #expect(peer.answer(slot).closeCode == ErrorCode.noError)
    }

    @Test("Calls beyond the running limit are UNAVAILABLE with a time to wait")
    func admission() throws {
        let parking = Parking()
        var limits = RPCLimits()
        limits.runningCallsPerConnectionMax = 2
        let peer = try RawPeer(limits: limits, parking.table())
        defer { peer.disconnect() }
        let first = try park(peer)
        _ = try park(peer)
        let refused = try peer.open([(":path", "/test.Park/Unary")])
        #expect(peer.answer(refused).grpcStatus == 14)
        #expect(peer.answer(refused).headers["grpc-retry-pushback-ms"] == "200")
        // A reset does not make room: the handler still runs.
        try peer.reset(first)
        #expect(peer.answer(try peer.open()).grpcStatus == 14)
        parking.calls[0].finish(.message([]))
        let taken = try park(peer)
        #expect(peer.answer(taken).grpcStatus == nil)
    }

    @Test("A reset, a deadline and a lost connection cancel a streaming handler")
    func streamCancellation() throws {
        let parking = Parking()
        let peer = try RawPeer(parking.table())
        let path: [(String, String?)] = [(":path", "/test.Park/Stream")]
        let reset = try peer.open(path)
        #expect(parking.running == 1)
        try peer.reset(reset)
        #expect(parking.running == 0 && parking.cancelled == 1)

        let late = try peer.open(path + [("grpc-timeout", "50m")])
        peer.channel.embeddedEventLoop.advanceTime(by: .milliseconds(60))
        try peer.exchange()
        #expect(peer.answer(late).grpcStatus == 4)
        #expect(parking.running == 0 && parking.cancelled == 2)

        _ = try peer.open(path)
        #expect(parking.running == 1)
        peer.disconnect()
        peer.channel.embeddedEventLoop.run()
        #expect(parking.running == 0 && parking.cancelled == 3)
        #expect(peer.loop.runningCallCount == 0)
    }

    @Test("A committer's thread finishes parked calls of every loop with one job each")
    func jobs() async throws {
        let collected = Mailbox()
        var table = ServiceTable()
        table.unary("/test.Park/Unary") { context, request in
            collected.put(context.park(), request)
            return .parked
        }
        try await Fixture.run(loops: 2, table) { fixture in
            let clients = (0..<4).map { _ in fixture.client() }
            let answers = await withTaskGroup(of: [UInt8]?.self) { tasks in
                for number in UInt8(0)..<100 {
                    let client = clients[Int(number) % clients.count]
                    tasks.addTask {
                        try? await client.unary("/test.Park/Unary", message: [number]).message
                    }
                }
                tasks.addTask {
                    await collected.wait(for: 100)
                    for (loop, calls) in collected.byLoop() {
                        fixture.server.execute(onLoop: loop) {
                            for (call, request) in calls { call.finish(.message(request)) }
                        }
                    }
                    return nil
                }
                var answers: [[UInt8]] = []
                for await case .some(let answer) in tasks { answers.append(answer) }
                return answers
            }
            #expect(answers.map { $0[0] }.sorted() == Array(0..<100))
            for client in clients { await client.close() }
        }
    }
}
