internal import GRPCWire
internal import RPC

extension Transport {
    /// Carries messages over a connection to slotd, which is made at the first call.
    static func connection(to address: SocketTarget) -> Transport {
        var configuration = ClientConfiguration(target: address)
        configuration.userAgent = "slotctl/0.1"
        let client = Client(configuration)
        return Transport(
            unary: { path, message, metadata, timeout throws(Status) in
                try await client.unary(
                    path, message: message, metadata: metadata, timeout: timeout
                ).message
            },
            open: { path, metadata, timeout throws(Status) in
                MessageStream(try await client.stream(path, metadata: metadata, timeout: timeout))
            },
            close: { await client.close() })
    }

    /// Tells of each call, with its result and how long it took.
    func traced(by write: @escaping @Sendable (String) -> Void) -> Transport {
        let inner = self
        let clock = ContinuousClock()
        return Transport(
            unary: { path, message, metadata, timeout async throws(Status) -> [UInt8] in
                let start = clock.now
                func tell(_ result: String) {
                    let duration = start.duration(to: clock.now)
                    let milliseconds = duration / .milliseconds(1)
                    write("\(path) \(result), \((milliseconds * 10).rounded() / 10) ms")
                }
                do throws(Status) {
                    let reply = try await inner.unary(path, message, metadata, timeout)
                    tell("OK")
                    return reply
                } catch {
                    tell(error.code.description)
                    throw error
                }
            },
            open: inner.open, close: inner.close)
    }
}

extension MessageStream {
    /// The two directions of a client's stream; responses are read by one task.
    init(_ stream: ClientStream) {
        let responses = stream.responses
        self.init(
            send: { message throws(Status) in try await stream.send(message) },
            halfClose: { () throws(Status) in await stream.halfClose() },
            next: { () throws(Status) in
                var iterator = responses.makeAsyncIterator()
                return try await iterator.next()?.bytes
            })
    }
}
