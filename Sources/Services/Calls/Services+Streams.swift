internal import GRPCWire
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

extension Services {
    /// What every call with one request and many replies begins with: the request, and who calls.
    func opening<Request: Message, Response: Message>(
        _ stream: any ServerStream, of method: Method<Request, Response>
    ) async throws(Status) -> (request: Request, caller: Caller) {
        var request: Request?
        for try await message in stream.requests {
            do {
                request = try Request(serializedBytes: message.bytes)
            } catch {
                throw Status(.internal, "the request is no \(Request.protoMessageName)")
            }
        }
        guard let request else { throw Status(.internal, "there was no request") }
        do throws(Rejection) {
            return (request, try caller(stream.metadata, loop: stream.loop))
        } catch {
            throw Status(error, now: now)
        }
    }
}
