import GRPCWire
import HTTP2
import Logging
import NIOCore
import NIOEmbedded

@testable import RPC

/// A client that can say anything, wired to a server connection in memory: no sockets, no threads,
/// time that moves when the test says so.
///
/// HTTP/2 below the calls is done properly by a client session; DATA frames are written by hand,
/// so that bodies can be as wrong as a test wants.
final class RawPeer {
    struct Answer {
        var headers: [String: String] = [:]
        var trailers: [String: String] = [:]
        var body: [UInt8] = []
        var isEnded = false
        /// The error code with which the stream closed.
        var closeCode: UInt32?

        /// From the trailers, or from the only header list.
        var grpcStatus: Int? {
            (trailers["grpc-status"] ?? headers["grpc-status"]).flatMap { Int($0) }
        }
    }

    static let standard: [(String, String)] = [
        (":method", "POST"), (":scheme", "http"), (":path", Echo.unary), (":authority", "test"),
        ("te", "trailers"), ("content-type", "application/grpc"),
    ]

    let channel = EmbeddedChannel()
    let loop: LoopContext
    let connection: ServerConnection
    let session: Session
    /// How many bytes each read of the server brings.
    var sliceByteCount = Int.max
    /// Whether the windows are opened again for DATA that has come.
    var takesData = true
    /// Whether the client session hears nothing, for frames whose answers would confuse it.
    var isDeaf = false
    private(set) var answers: [Int: Answer] = [:]
    private(set) var goAways: [UInt32] = []
    private(set) var outbound: [UInt8] = []

    init(
        limits: RPCLimits = RPCLimits(), options: SessionOptions = SessionOptions(),
        _ table: ServiceTable = Echo.table()
    ) throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        loop = LoopContext(
            index: 0, eventLoop: channel.eventLoop, limits: limits, table: table, logger: logger)
        connection = try ServerConnection(loop: loop)
        session = try Session(role: .client, options: options)
        try channel.pipeline.syncOperations.addHandler(connection)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "peer")).wait()
        try exchange()
    }

    /// Ends the in-memory channel; a test that leaves calls open does so deliberately.
    func disconnect() {
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }

    var isOpen: Bool { channel.isActive }

    func answer(_ slot: Int) -> Answer { answers[slot] ?? Answer() }

    // MARK: Saying things

    /// Opens a stream with the standard headers, some replaced, removed (nil) or added.
    func open(_ changes: [(String, String?)] = []) throws -> Int {
        var block = HeaderBlock()
        for (name, value) in Self.standard {
            guard let change = changes.first(where: { $0.0 == name }) else {
                block.append(name, value)
                continue
            }
            if let replacement = change.1 { block.append(name, replacement) }
        }
        for case (let name, let value?) in changes
        where !Self.standard.contains(where: { $0.0 == name }) {
            block.append(name, value)
        }
        guard let slot = session.submitRequest(block) else { throw PeerError.noStream }
        try exchange()
        return slot
    }

    enum PeerError: Error { case noStream }

    /// A DATA frame (or several), with any bytes.
    func send(_ slot: Int, _ bytes: [UInt8], ends: Bool) throws {
        var rest = bytes[...]
        repeat {
            let part = rest.prefix(16_384)
            rest = rest.dropFirst(part.count)
            frame(type: 0, flags: ends && rest.isEmpty ? 1 : 0, slot: slot, payload: Array(part))
        } while !rest.isEmpty
        try exchange()
    }

    func reset(_ slot: Int) throws {
        session.reset(slot: slot, errorCode: ErrorCode.cancel)
        try exchange()
    }

    /// Any frame on a stream (or, without one, on the connection).
    func frame(type: UInt8, flags: UInt8, slot: Int?, payload: [UInt8]) {
        let id = slot.map { UInt32(session.streamID(slot: $0)) } ?? 0
        let count = UInt32(payload.count)
        outbound += [
            UInt8(count >> 16), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF), type, flags,
        ]
        outbound += [
            UInt8(id >> 24), UInt8(id >> 16 & 0xFF), UInt8(id >> 8 & 0xFF), UInt8(id & 0xFF),
        ]
        outbound += payload
    }

    static func message(_ payload: [UInt8], flag: UInt8 = 0) -> [UInt8] {
        let count = UInt32(payload.count)
        return [
            flag, UInt8(count >> 24), UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF),
            UInt8(count & 0xFF),
        ] + payload
    }

    // MARK: The wire

    /// Carries bytes both ways until nobody has any.
    func exchange() throws {
        var isBusy = true
        while isBusy {
            isBusy = false
            while let frame = try session.nextFrame() { outbound = outbound + Array(frame) }
            handleEvents()
            if !outbound.isEmpty, channel.isActive {
                isBusy = true
                let bytes = outbound
                outbound = []
                var start = 0
                while start < bytes.count, channel.isActive {
                    let end = min(bytes.count, start + min(sliceByteCount, bytes.count))
                    try channel.writeInbound(ByteBuffer(bytes: bytes[start..<end]))
                    start = end
                }
            }
            channel.embeddedEventLoop.run()
            while let buffer = try channel.readOutbound(as: ByteBuffer.self) {
                isBusy = true
                noteGoAways(Array(buffer.readableBytesView))
                guard !isDeaf else { continue }
                try buffer.withUnsafeReadableBytes { bytes in
                    try session.receive(bytes)
                    handleEvents()
                }
            }
            if takesData { session.consumeConnection() }
        }
    }

    /// Reads GOAWAY frames off the wire: the server writes whole frames.
    private func noteGoAways(_ bytes: [UInt8]) {
        var start = 0
        while start + 9 <= bytes.count {
            let count = Int(bytes[start]) << 16 | Int(bytes[start + 1]) << 8 | Int(bytes[start + 2])
            if bytes[start + 3] == 7 {
                goAways.append(
                    bytes[(start + 13)..<(start + 17)].reduce(0) { $0 << 8 | UInt32($1) })
            }
            start += 9 + count
        }
    }

    private func handleEvents() {
        for index in 0..<session.eventCount {
            switch session.event(at: index) {
            case .headers(let slot, let block):
                var fields: [String: String] = [:]
                for place in 0..<block.count {
                    let field = session.field(place, of: block)
                    let name = String(decoding: field.name, as: UTF8.self)
                    fields[name] = String(decoding: field.value, as: UTF8.self)
                }
                if block.isFollowing {
                    answers[slot, default: Answer()].trailers = fields
                } else {
                    answers[slot, default: Answer()].headers = fields
                }
            case .data(let slot, let bytes):
                answers[slot, default: Answer()].body += bytes
                if takesData { session.consume(slot: slot, byteCount: bytes.count) }
            case .endOfStream(let slot):
                answers[slot, default: Answer()].isEnded = true
            case .closed(let slot, let code):
                // The slot is never released: each stream of a test keeps its own.
                answers[slot, default: Answer()].closeCode = code
            case .goAway, .endStreamSent, .drained, .settings, .pong:
                break
            }
        }
        session.clearEvents()
    }
}
