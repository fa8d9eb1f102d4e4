internal import Foundation
internal import GRPCWire
internal import Logging
internal import RPC

// Serves `grpc.testing.TestService`, with health and reflection, for the tests in
// Tests/Python/interop. The options, of which all but the address narrow a limit, are in
// `InteropOptions`.
//
//     InteropServer --listen 127.0.0.1:0 [--receive-max BYTES] …
//
// Prints `ready ADDRESS…` once it serves. SIGTERM and SIGINT drain it; then it prints `drained` and
// exits with 0.

let options: InteropOptions
do {
    options = try InteropOptions(CommandLine.arguments.dropFirst())
} catch {
    print("InteropServer: \(error)")
    exit(64)
}

let signals = TerminationSignals()
let timer = ReplyTimer()
let health = HealthService()
var table = ServiceTable()
TestService(timer: timer).register(in: &table)
health.set("grpc.testing.TestService", isServing: true)
health.register(in: &table)
ReflectionService(descriptors: options.descriptors).register(in: &table)

let server = Server(
    options.configuration, services: table,
    logger: Logger(label: "interop", factory: StreamLogHandler.standardError(label:)))
timer.start(on: server)
let bound = try await server.start()
printLine("ready " + bound.map(\.description).joined(separator: " "))
await signals.first()
health.shutDown()
await server.drain(grace: options.drainGrace)
printLine("drained")
