internal import GRPCWire
internal import SlotdAPI
internal import SwiftProtobuf

/// Calls slotd: encodes, adds who calls and for which organization, and turns every failure into a
/// `CommandFailure`.
struct APIClient: Sendable {
    let transport: Transport
    /// Sent with each call.
    var metadata: Metadata
    /// How long a call may take; nil: for ever.
    let timeout: Duration?

    /// Calls a unary method. `zone` is that of the place that the call is about: what a refusal
    /// says of times is told by its clock.
    func call<Request, Response>(
        _ method: Method<Request, Response>, _ request: Request, in zone: Zone? = nil
    ) async throws(CommandFailure) -> Response {
        let message = try Self.encode(request)
        let reply: [UInt8]
        do {
            reply = try await transport.unary(method.path, message, metadata, timeout)
        } catch {
            throw CommandFailure(error).told(in: zone)
        }
        return try Self.decode(reply)
    }

    /// A message's bytes.
    static func encode(_ message: some Message) throws(CommandFailure) -> [UInt8] {
        do {
            return try message.serializedBytes()
        } catch {
            throw .local("the request cannot be encoded: \(error)")
        }
    }

    /// The message in some bytes.
    static func decode<Response: Message>(_ bytes: [UInt8]) throws(CommandFailure) -> Response {
        do {
            return try Response(serializedBytes: bytes)
        } catch {
            throw .local("the daemon's reply is no \(Response.protoMessageName): \(error)")
        }
    }
}
