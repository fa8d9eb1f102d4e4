internal import GRPCWire
internal import SlotdAPI
internal import SwiftProtobuf

extension APIClient {
    /// Calls a method that answers with several messages, and hands over each. There is no time
    /// limit: how long it takes depends on how much there is.
    func forEachReply<Request, Response>(
        _ method: Method<Request, Response>, _ request: Request,
        _ body: (Response) throws(CommandFailure) -> Void
    ) async throws(CommandFailure) {
        let message = try Self.encode(request)
        let stream: MessageStream
        do throws(Status) {
            stream = try await transport.open(method.path, metadata, nil)
            try await stream.send(message)
            try await stream.halfClose()
        } catch {
            throw CommandFailure(error)
        }
        while let bytes = try await Self.next(stream) { try body(try Self.decode(bytes)) }
    }

    private static func next(_ stream: MessageStream) async throws(CommandFailure) -> [UInt8]? {
        do throws(Status) { return try await stream.next() } catch { throw CommandFailure(error) }
    }
}
