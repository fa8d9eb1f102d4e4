import GRPCWire
import HTTP2
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import RPC

@Suite("The life of a connection")
struct ConnectionLifeTests {
    @Test("A drain lets calls under way finish, takes those sent in ignorance, then closes")
    func drain() throws {
        let parking = Parking()
        let peer = try RawPeer(parking.table())
        let path: [(String, String?)] = [(":path", "/test.Park/Unary")]
        let early = try peer.open(path)
        try peer.send(early, RawPeer.message([1]), ends: true)
        peer.connection.beginDrain()
        peer.connection.flushIfDirty()
        // The notice is on its way; this request left before it arrived.
        let late = try peer.open(path)
        try peer.send(late, RawPeer.message([2]), ends: true)
        #expect(parking.calls.count == 2)
        // The PING has come back meanwhile, so the final GOAWAY is out as well.
        #expect(peer.goAways == [ErrorCode.noError, ErrorCode.noError])
        #expect(throws: RawPeer.PeerError.self) { try peer.open(path) }
        #expect(peer.isOpen)
        parking.calls[0].finish(.message([1]))
        try peer.exchange()
        #expect(peer.isOpen)
        parking.calls[1].finish(.message([2]))
        try peer.exchange()
        #expect(peer.answer(early).grpcStatus == 0)
        #expect(peer.answer(late).body == RawPeer.message([2]))
        peer.channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!peer.isOpen)
    }

    @Test("Whoever does not speak HTTP/2 is closed; HTTP/1 gets an answer it understands")
    func badMagic() throws {
        for (text, answer) in [
            ("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 505"), ("\u{16}\u{3}\u{1}hello, TLS here", ""),
        ] {
            let channel = EmbeddedChannel()
            let loop = LoopContext(
                index: 0, eventLoop: channel.eventLoop, limits: RPCLimits(), table: Echo.table(),
                logger: .init(label: "test"))
            let connection = try ServerConnection(loop: loop)
            try channel.pipeline.syncOperations.addHandler(connection)
            try channel.connect(to: SocketAddress(unixDomainSocketPath: "peer")).wait()
            while try channel.readOutbound(as: ByteBuffer.self) != nil {}
            try channel.writeInbound(ByteBuffer(string: text))
            var output = ""
            while var buffer = try channel.readOutbound(as: ByteBuffer.self) {
                output += buffer.readString(length: buffer.readableBytes) ?? ""
            }
            if !answer.isEmpty { #expect(output.hasPrefix(answer)) }
            channel.embeddedEventLoop.advanceTime(by: .seconds(2))
            #expect(!channel.isActive)
        }
    }

    @Test("A peer that never speaks is closed after the handshake timeout, not before")
    func handshake() throws {
        let channel = EmbeddedChannel()
        let loop = LoopContext(
            index: 0, eventLoop: channel.eventLoop, limits: RPCLimits(), table: Echo.table(),
            logger: .init(label: "test"))
        let connection = try ServerConnection(loop: loop)
        try channel.pipeline.syncOperations.addHandler(connection)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "peer")).wait()
        connection.checkTimeouts(now: 20_000_000_000)
        #expect(channel.isActive)
        connection.checkTimeouts(now: 20_000_000_001)
        #expect(!channel.isActive)
    }

    @Test("A silent connection is asked by PING, and kept when it answers")
    func keepalive() throws {
        let peer = try RawPeer()
        let hours: UInt64 = 7_200_000_000_001
        peer.channel.embeddedEventLoop.advanceTime(by: .nanoseconds(Int64(hours)))
        peer.connection.checkTimeouts(now: hours)
        peer.connection.flushIfDirty()
        try peer.exchange()
        #expect(peer.connection.life.keepaliveSentAt == nil)
        peer.connection.checkTimeouts(now: hours + 21_000_000_000)
        #expect(peer.isOpen)
        peer.disconnect()
    }

    struct Abuse: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let tolerated: Int
        let frame: @Sendable (RawPeer) throws -> Void
    }

    static let abuses = [
        Abuse(testDescription: "PING", tolerated: 3) { peer in
            peer.frame(type: 6, flags: 0, slot: nil, payload: [UInt8](repeating: 0, count: 8))
        },
        Abuse(testDescription: "SETTINGS", tolerated: 31) { peer in
            peer.isDeaf = true
            peer.frame(type: 4, flags: 0, slot: nil, payload: [])
        },
        Abuse(testDescription: "unknown frames", tolerated: 100) { peer in
            peer.frame(type: 0x42, flags: 0, slot: nil, payload: [1])
        },
        Abuse(testDescription: "cancelled calls", tolerated: 200) { peer in
            let slot = try peer.open()
            try peer.reset(slot)
        },
        Abuse(testDescription: "WINDOW_UPDATE", tolerated: 999) { peer in
            peer.frame(type: 8, flags: 0, slot: nil, payload: [0, 0, 0, 1])
        },
    ]

    @Test(
        "Cheap frames are tolerated up to their limit; one more ends in ENHANCE_YOUR_CALM",
        arguments: abuses)
    func abuse(abuse: Abuse) throws {
        let peer = try RawPeer()
        for _ in 0..<abuse.tolerated { try abuse.frame(peer) }
        try peer.exchange()
        #expect(peer.goAways.isEmpty)
        #expect(peer.isOpen)
        try abuse.frame(peer)
        try? peer.exchange()
        #expect(peer.goAways == [ErrorCode.enhanceYourCalm])
        peer.channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!peer.isOpen)
    }

    @Test("PINGs between calls are no abuse")
    func pingsBetweenCalls() throws {
        let peer = try RawPeer()
        for _ in 0..<50 {
            peer.frame(type: 6, flags: 0, slot: nil, payload: [UInt8](repeating: 0, count: 8))
            let slot = try peer.open()
            try peer.send(slot, RawPeer.message([1]), ends: true)
            #expect(peer.answer(slot).grpcStatus == 0)
        }
        #expect(peer.goAways.isEmpty)
        peer.disconnect()
    }

    @Test("Random bytes after the preface end the connection or are ignored, and never trap")
    func fuzz() throws {
        for seed in UInt64(1)...300 {
            var state = seed &* 0x9E37_79B9_7F4A_7C15
            func random(_ bound: Int) -> Int {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int(state >> 33) % bound
            }
            let peer = try RawPeer()
            let slot = try peer.open()
            for _ in 0..<20 where peer.isOpen {
                let payload = (0..<random(40)).map { _ in UInt8(random(256)) }
                peer.frame(
                    type: UInt8(random(12)), flags: UInt8(random(256)),
                    slot: random(3) == 0 ? nil : slot, payload: payload)
                try? peer.exchange()
            }
            peer.disconnect()
            #expect(peer.loop.runningCallCount == 0, "seed \(seed)")
        }
    }
}
