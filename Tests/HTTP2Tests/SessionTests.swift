import HTTP2
import Testing

@Suite("Session")
struct SessionTests {
    private static let responseHeaders = PreparedHeaders([(":status", "200"), ("kind", "test")])
    private static let responseTrailers = PreparedHeaders([("end", "yes")])

    /// A client and a server, joined by nothing but this test.
    struct Pair: ~Copyable {
        let client: Session
        let server: Session
        var log: [String] = []

        /// Carries frames both ways, in slices, answering each request with its own body.
        mutating func exchange(slice: Int) throws {
            var isBusy = true
            while isBusy {
                isBusy = false
                var up: [UInt8] = []
                while let frame = try client.nextFrame() { up += Array(frame) }
                client.clearEvents()
                try SessionTests.slices(of: up, slice) { bytes in
                    isBusy = true
                    try server.receive(bytes)
                    serve()
                }
                var down: [UInt8] = []
                while let frame = try server.nextFrame() { down += Array(frame) }
                serve()
                try SessionTests.slices(of: down, slice) { bytes in
                    isBusy = true
                    try client.receive(bytes)
                    read()
                }
            }
        }

        private func serve() {
            for index in 0..<server.eventCount {
                switch server.event(at: index) {
                case .endOfStream(let slot):
                    server.submitResponse(
                        slot: slot, SessionTests.responseHeaders, message: [1, 2, 3],
                        trailers: SessionTests.responseTrailers)
                case .closed(let slot, _):
                    server.release(slot: slot)
                default: break
                }
            }
            server.clearEvents()
            server.consumeConnection()
        }

        private mutating func read() {
            for index in 0..<client.eventCount {
                switch client.event(at: index) {
                case .headers(let slot, let block):
                    let names = (0..<block.count).map { place in
                        String(decoding: client.field(place, of: block).name, as: UTF8.self)
                    }
                    log.append("\(slot) headers \(names) \(block.endsStream)")
                case .data(let slot, let bytes):
                    log.append(contentsOf: bytes.map { "\(slot) byte \($0)" })
                case .closed(let slot, let code):
                    log.append("\(slot) closed \(code)")
                    client.release(slot: slot)
                default: break
                }
            }
            client.clearEvents()
            client.consumeConnection()
        }
    }

    private static func slices(
        of bytes: [UInt8], _ count: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var start = 0
        while start < bytes.count {
            let end = min(start + count, bytes.count)
            try Array(bytes[start..<end]).withUnsafeBytes(body)
            start = end
        }
    }

    @Test(
        "However the bytes are cut, the same events come out", arguments: [1, 2, 7, 100, 100_000])
    func anyCut(slice: Int) throws {
        var pair = Pair(
            client: try Session(role: .client), server: try Session(role: .server))
        for number in 0..<20 {
            var headers = HeaderBlock()
            for (name, value) in [
                (":method", "POST"), (":scheme", "http"), (":path", "/\(number)"),
                (":authority", "test"), ("te", "trailers"),
            ] { headers.append(name, value) }
            guard let slot = pair.client.submitRequest(headers) else {
                Issue.record("request \(number) was not taken")
                return
            }
            pair.client.enqueue(slot: slot, [UInt8](repeating: 7, count: number * 10))
            pair.client.endStream(slot: slot)
            pair.log = []
            try pair.exchange(slice: slice)
            #expect(
                pair.log == [
                    "\(slot) headers [\":status\", \"kind\"] false", "\(slot) byte 0",
                    "\(slot) byte 0", "\(slot) byte 0", "\(slot) byte 0", "\(slot) byte 3",
                    "\(slot) byte 1", "\(slot) byte 2", "\(slot) byte 3",
                    "\(slot) headers [\"end\"] true", "\(slot) closed 0",
                ])
        }
        #expect(pair.server.streamCount == 0)
        #expect(pair.client.streamCount == 0)
        #expect(pair.server.queuedByteCount == 0)
    }

    @Test("The installed nghttp2 has the limits this house relies on")
    func version() {
        #expect(HTTP2Library.isSupported, "nghttp2 \(HTTP2Library.version)")
    }
}
