import GRPCWire
import HTTP2
import Testing

@testable import RPC

@Suite("Flow control")
struct FlowControlTests {
    /// The smallest windows HTTP/2 has in common use.
    private var smallLimits: RPCLimits {
        var limits = RPCLimits()
        limits.session.streamWindowBytes = 65_535
        limits.session.connectionWindowBytes = 65_535
        return limits
    }

    @Test("Messages far larger than the windows pass in both directions")
    func largeMessages() async throws {
        try await Fixture.run(limits: smallLimits) { fixture in
            let client = fixture.client()
            let message = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            for _ in 0..<3 {
                let response = try await client.unary(Echo.unary, message: message)
                #expect(response.message == message)
            }
            await client.close()
        }
    }

    @Test("Bodies of refused calls do not use up the connection's window")
    func refusedBodies() throws {
        let peer = try RawPeer(limits: smallLimits)
        defer { peer.disconnect() }
        let junk = [UInt8](repeating: 0xFF, count: 10_000)
        for _ in 0..<50 {
            // The headers and the whole body leave before the refusal can arrive.
            let slot = try peer.open([(":path", "/test.Park/None")])
            #expect(peer.answer(slot).grpcStatus == 12)
        }
        for _ in 0..<50 {
            let slot = try peer.open()
            try peer.send(slot, junk, ends: false)
            #expect(peer.answer(slot).grpcStatus == 13)
        }
        // A window is opened again once half of it is used up, so this much must always fit.
        let slot = try peer.open()
        try peer.send(slot, RawPeer.message([UInt8](repeating: 1, count: 30_000)), ends: true)
        #expect(peer.answer(slot).grpcStatus == 0)
        #expect(peer.connection.session.unconsumedByteCount == 0)
    }

    @Test("A handler that does not read keeps the sender's window closed; reading opens it")
    func backPressure() throws {
        let parking = Parking()
        let peer = try RawPeer(limits: smallLimits, parking.table())
        defer { peer.disconnect() }
        let slot = try peer.open([(":path", "/test.Park/Idle")])
        for _ in 0..<5 {
            try peer.send(slot, RawPeer.message([UInt8](repeating: 1, count: 9_995)), ends: false)
        }
        // Nothing of the stream's window came back, most of the connection's did.
        let server = peer.connection
        #expect(server.session.localWindow(slot: 0) == 65_535 - 50_000)
        #expect(server.session.localWindow(slot: nil) > 32_767)
        #expect(server.requestBufferByteCount == 50_000)
        parking.mayRead?.resume()
        try peer.exchange()
        #expect(server.session.localWindow(slot: 0) > 32_767)
        #expect(server.requestBufferByteCount == 0)
    }

    @Test("A reader that stops reading stops the handler at the queue's high-water mark")
    func outboundBound() throws {
        var options = SessionOptions()
        options.streamWindowBytes = 65_535
        options.connectionWindowBytes = 65_535
        let peer = try RawPeer(options: options)
        defer { peer.disconnect() }
        peer.takesData = false
        let slot = try peer.open([(":path", Echo.flood)])
        try peer.send(slot, RawPeer.message([1]), ends: true)
        let queued = peer.connection.session.queuedByteCount
        let highWater = peer.loop.limits.streamQueueHighWater
        #expect(queued > highWater - 70_000 && queued < highWater + 20_000)
        // A cancelled call drops what is queued.
        try peer.reset(slot)
        #expect(peer.connection.session.queuedByteCount == 0)
        #expect(peer.connection.runningCallCount == 0)
    }
}
