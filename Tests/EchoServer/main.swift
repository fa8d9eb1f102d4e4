internal import GRPCWire
internal import Logging
internal import NIOCore
internal import RPC

// The smallest server on the RPC layer: for measuring it and for trying clients by hand.
//
//     EchoServer 127.0.0.1:50051 unix:/tmp/echo.sock [--loops N]
//
// Prints one line with its addresses when it serves; ends when standard input does.

var addresses: [SocketTarget] = []
var loopCount = 1
var arguments = CommandLine.arguments.dropFirst().makeIterator()
while let argument = arguments.next() {
    if argument == "--loops" {
        loopCount = arguments.next().flatMap { Int($0) } ?? 1
    } else if let target = SocketTarget(argument) {
        addresses.append(target)
    } else {
        preconditionFailure("\(argument) is not an address")
    }
}

var table = ServiceTable()
table.unary("/slotd.test.Echo/Unary") { _, request in .message(request) }
table.unary("/slotd.test.Echo/Rich") { context, request in
    .reply(
        UnaryReply(
            .success(request), initialMetadata: context.metadata,
            trailingMetadata: context.metadata, compress: true))
}
table.unary("/slotd.test.Echo/Fail") { _, request in
    .status(Status(.failedPrecondition, "no ☺ 100%", details: request))
}
table.stream("/slotd.test.Echo/Talk", kind: .bidirectional) { stream throws(Status) in
    await stream.setTrailers(stream.metadata)
    for try await message in stream.requests {
        try await stream.send(message.bytes, compress: message.wasCompressed)
    }
}
table.stream("/slotd.test.Echo/Count", kind: .client) { stream throws(Status) in
    var count = 0
    for try await message in stream.requests { count += message.bytes.count }
    try await stream.send(Array("\(count)".utf8))
}
table.stream("/slotd.test.Echo/Repeat", kind: .server) { stream throws(Status) in
    for try await message in stream.requests {
        for _ in 0..<1000 { try await stream.send(message.bytes) }
    }
}

let health = HealthService()
health.register(in: &table)
ReflectionService(descriptors: []).register(in: &table)

let server = Server(
    ServerConfiguration(addresses: addresses, loopCount: loopCount), services: table,
    logger: Logger(label: "echo"))
let bound = try await server.start()
print("serving on", bound.map(\.description).joined(separator: " "))
while let line = readLine() {
    // "up NAME" and "down NAME" change what health says.
    let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    if words.count == 2 { health.set(String(words[1]), isServing: words[0] == "up") }
}
health.shutDown()
await server.drain(grace: .seconds(5))
print("drained")
