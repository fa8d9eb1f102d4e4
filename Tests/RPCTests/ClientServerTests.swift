import GRPCWire
import NIOCore
import RPC
import Testing

@Suite("Client and server together")
struct ClientServerTests {
    @Test(
        "A unary message comes back, from nothing to several windows", arguments: [0, 1, 3_000_000])
    func unary(count: Int) async throws {
        try await Fixture.run { fixture in
            let client = fixture.client()
            let message = [UInt8](repeating: 5, count: count)
            let response = try await client.unary(Echo.unary, message: message)
            #expect(response.message == message)
            await client.close()
        }
    }

    @Test("Metadata comes back in headers and trailers, with duplicates, binary and gzip")
    func rich() async throws {
        try await Fixture.run { fixture in
            let client = fixture.client()
            var metadata = Metadata()
            metadata.append("x-a", "1")
            metadata.append("x-a", "2")
            metadata.append("x-b-bin", [0, 255, 171])
            let message = [UInt8](repeating: 65, count: 50_000)
            let response = try await client.unary(
                Echo.rich, message: message, metadata: metadata, compress: true)
            #expect(response.message == message)
            #expect(response.initialMetadata == metadata)
            #expect(response.trailingMetadata == metadata)
            await client.close()
        }
    }

    @Test("A status keeps its code, its odd message and its details")
    func status() async throws {
        try await Fixture.run { fixture in
            let client = fixture.client()
            let expected = Status(.failedPrecondition, " no ☺ 100%\n", details: Echo.details)
            await #expect(throws: expected) {
                _ = try await client.unary(Echo.fail, message: [])
            }
            await client.close()
        }
    }

    @Test("A server that is not there is UNAVAILABLE, with its address and the reason")
    func unreachable() async throws {
        var port = 0
        try await Fixture.run { fixture in port = fixture.port }
        let client = Client(ClientConfiguration(target: .host("127.0.0.1", port: port)))
        await #expect(
            throws: Status(.unavailable, "cannot reach 127.0.0.1:\(port): connection refused")
        ) {
            _ = try await client.unary(Echo.unary, message: [])
        }
        let socket = Client(ClientConfiguration(target: .unix(path: "/nonexistent/slotd.sock")))
        await #expect(
            throws: Status(
                .unavailable, "cannot reach unix:/nonexistent/slotd.sock: no such socket")
        ) {
            _ = try await socket.unary(Echo.unary, message: [])
        }
    }

    @Test("All three kinds of stream carry their messages in order")
    func streams() async throws {
        try await Fixture.run { fixture in
            let client = fixture.client()
            var metadata = Metadata()
            metadata.append("x-trace", "7")
            let talk = try await client.stream(Echo.talk, metadata: metadata)
            #expect(try await talk.initialMetadata() == metadata)
            var answers = talk.responses.makeAsyncIterator()
            for count in [0, 10, 100_000, 2_000_000] {
                let message = [UInt8](repeating: 9, count: count)
                try await talk.send(message, compress: count == 100_000)
                #expect(
                    try await answers.next()
                        == StreamMessage(bytes: message, wasCompressed: count == 100_000))
            }
            await talk.halfClose()
            #expect(try await answers.next() == nil)
            #expect(await talk.trailingMetadata() == metadata)

            let count = try await client.stream(Echo.count)
            for _ in 0..<200 { try await count.send([UInt8](repeating: 1, count: 50_000)) }
            await count.halfClose()
            var total: [StreamMessage] = []
            for try await message in count.responses { total.append(message) }
            #expect(total.map(\.bytes) == [Array("10000000".utf8)])

            let flood = try await client.stream(Echo.flood)
            try await flood.send([1])
            await flood.halfClose()
            var received = 0
            for try await message in flood.responses { received += message.bytes.count }
            #expect(received == 10_000_000)
            await client.close()
        }
    }

    @Test("A Unix socket serves as well")
    func unixSocket() async throws {
        let path = "/tmp/slotd-rpc-test-\(UInt64.random(in: 0 ... .max)).sock"
        try await Fixture.run(address: .unix(path: path)) { fixture in
            let client = fixture.client()
            let response = try await client.unary(Echo.unary, message: [1])
            #expect(response.message == [1])
            await client.close()
        }
    }
}
