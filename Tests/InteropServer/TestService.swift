internal import Foundation
internal import GRPCWire
internal import SwiftProtobuf

/// The `TestService` of gRPC's interoperability suite, as its clients expect it
/// (https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md).
///
/// Beyond the suite, three metadata keys of a request steer what its messages cannot:
/// `x-slotd-test-delay-ms` delays the answer of a unary call and the first read of a stream,
/// `x-slotd-test-read-delay-ms` delays every read of a stream, and `x-slotd-test-details-bin`
/// becomes the details of the status.
struct TestService {
    let timer: ReplyTimer
    /// Tells the processes of a test apart.
    private let serverID = "slotd-interop-\(ProcessInfo.processInfo.processIdentifier)"

    init(timer: ReplyTimer) {
        self.timer = timer
    }

    func register(in table: inout ServiceTable) {
        let name = "/grpc.testing.TestService"
        table.unary("\(name)/EmptyCall") { context, request in
            answer(context) { () throws(Status) in
                _ = try Self.decode(Grpc_Testing_Empty.self, request)
                return (Grpc_Testing_Empty(), compress: false)
            }
        }
        table.unary("\(name)/UnaryCall") { context, request in
            answer(context) { () throws(Status) in try unaryCall(context, request) }
        }
        table.stream("\(name)/StreamingInputCall", kind: .client) { stream throws(Status) in
            try await begin(stream)
            try await streamingInputCall(stream)
        }
        table.stream("\(name)/StreamingOutputCall", kind: .server) { stream throws(Status) in
            try await begin(stream)
            try await fullDuplexCall(stream)
        }
        table.stream("\(name)/FullDuplexCall", kind: .bidirectional) { stream throws(Status) in
            try await begin(stream)
            try await fullDuplexCall(stream)
        }
        table.stream("\(name)/HalfDuplexCall", kind: .bidirectional) { stream throws(Status) in
            try await begin(stream)
            try await halfDuplexCall(stream)
        }
    }

    // MARK: Unary

    /// Wraps a unary call's outcome: echoed metadata, details, delay.
    private func answer(
        _ context: CallContext,
        _ body: () throws(Status) -> (message: any SwiftProtobuf.Message, compress: Bool)
    ) -> UnaryAnswer {
        let metadata = context.metadata
        var reply = UnaryReply(
            .failure(.ok), initialMetadata: EchoedMetadata.initial(of: metadata),
            trailingMetadata: EchoedMetadata.trailing(of: metadata))
        do throws(Status) {
            let (message, compress) = try body()
            reply.result = .success(try Self.encode(message))
            reply.compress = compress
        } catch {
            reply.result = .failure(EchoedMetadata.detailed(error, by: metadata))
        }
        guard let delay = EchoedMetadata.delay(of: metadata) else { return .reply(reply) }
        timer.finish(context.park(), with: .reply(reply), after: delay)
        return .parked
    }

    private func unaryCall(
        _ context: CallContext, _ bytes: [UInt8]
    ) throws(Status) -> (any SwiftProtobuf.Message, compress: Bool) {
        let request = try Self.decode(Grpc_Testing_SimpleRequest.self, bytes)
        if request.hasExpectCompressed {
            try Self.check(
                expected: request.expectCompressed.value, was: context.requestWasCompressed)
        }
        if request.hasResponseStatus { try Self.raise(request.responseStatus) }
        var response = Grpc_Testing_SimpleResponse()
        response.payload = try Self.payload(byteCount: request.responseSize)
        if request.fillServerID { response.serverID = serverID }
        return (response, compress: request.responseCompressed.value)
    }

    // MARK: Streams

    /// What every stream does before its own work: echoes metadata and waits.
    private func begin(_ stream: any ServerStream) async throws(Status) {
        let initial = EchoedMetadata.initial(of: stream.metadata)
        await stream.setTrailers(EchoedMetadata.trailing(of: stream.metadata))
        if !initial.isEmpty { try await stream.sendHeaders(initial) }
        if let delay = EchoedMetadata.delay(of: stream.metadata) { try await Self.wait(delay) }
    }

    private func streamingInputCall(_ stream: any ServerStream) async throws(Status) {
        var sum = 0
        for try await message in stream.requests {
            let request = try Self.decode(
                Grpc_Testing_StreamingInputCallRequest.self, message.bytes)
            if request.hasExpectCompressed {
                try Self.check(expected: request.expectCompressed.value, was: message.wasCompressed)
            }
            sum += request.payload.body.count
            try await waitToRead(stream)
        }
        var response = Grpc_Testing_StreamingInputCallResponse()
        response.aggregatedPayloadSize = Int32(clamping: sum)
        try await stream.send(try Self.encode(response))
    }

    /// Also serves StreamingOutputCall, which is the case of a single request.
    private func fullDuplexCall(_ stream: any ServerStream) async throws(Status) {
        for try await message in stream.requests {
            try await respond(
                to: try Self.decode(Grpc_Testing_StreamingOutputCallRequest.self, message.bytes),
                on: stream)
            try await waitToRead(stream)
        }
    }

    private func halfDuplexCall(_ stream: any ServerStream) async throws(Status) {
        var requests: [Grpc_Testing_StreamingOutputCallRequest] = []
        for try await message in stream.requests {
            guard requests.count < 1000 else {
                throw Status(.resourceExhausted, "more than 1000 requests to keep")
            }
            requests.append(
                try Self.decode(Grpc_Testing_StreamingOutputCallRequest.self, message.bytes))
        }
        for request in requests { try await respond(to: request, on: stream) }
    }

    private func respond(
        to request: Grpc_Testing_StreamingOutputCallRequest, on stream: any ServerStream
    ) async throws(Status) {
        for parameters in request.responseParameters {
            if parameters.intervalUs > 0 {
                try await Self.wait(.microseconds(Int(parameters.intervalUs)))
            }
            var response = Grpc_Testing_StreamingOutputCallResponse()
            response.payload = try Self.payload(byteCount: parameters.size)
            try await stream.send(
                try Self.encode(response), compress: parameters.compressed.value)
        }
        guard request.hasResponseStatus else { return }
        do throws(Status) {
            try Self.raise(request.responseStatus)
        } catch {
            throw EchoedMetadata.detailed(error, by: stream.metadata)
        }
    }

    private func waitToRead(_ stream: any ServerStream) async throws(Status) {
        guard let delay = EchoedMetadata.readDelay(of: stream.metadata) else { return }
        try await Self.wait(delay)
    }

    // MARK: Parts

    private static func wait(_ delay: Duration) async throws(Status) {
        do {
            try await Task.sleep(for: delay)
        } catch {
            throw Status(.cancelled, "the call has ended")
        }
    }

    private static func check(expected: Bool, was: Bool) throws(Status) {
        guard expected, !was else { return }
        throw Status(.invalidArgument, "the request was to be compressed, and is not")
    }

    private static func raise(_ status: Grpc_Testing_EchoStatus) throws(Status) {
        guard status.code != 0 else { return }
        let code = UInt8(exactly: status.code).flatMap(StatusCode.init(rawValue:)) ?? .unknown
        throw Status(code, status.message)
    }

    private static func payload(byteCount: Int32) throws(Status) -> Grpc_Testing_Payload {
        guard byteCount >= 0 else {
            throw Status(.invalidArgument, "a payload has no \(byteCount) bytes")
        }
        var payload = Grpc_Testing_Payload()
        payload.body = Data(count: Int(byteCount))
        return payload
    }

    private static func decode<M: SwiftProtobuf.Message>(
        _ type: M.Type, _ bytes: [UInt8]
    ) throws(Status) -> M {
        do {
            return try M(serializedBytes: bytes)
        } catch {
            throw Status(.internal, "the request is not a \(M.protoMessageName)")
        }
    }

    private static func encode(_ message: any SwiftProtobuf.Message) throws(Status) -> [UInt8] {
        do {
            return try message.serializedBytes()
        } catch {
            throw Status(.internal, "the response could not be encoded")
        }
    }
}
