internal import GRPCWire
internal import RPC
internal import SlotdAPI
internal import SwiftProtobuf

// Typed calls for what is done before the clock starts, one at a time.

extension Client {
    /// A client of the address; the caller closes it.
    static func of(_ server: String) throws -> Client {
        guard let target = SocketTarget(server) else {
            throw LoadFailure(reason: "\(server) is no address")
        }
        return Client(ClientConfiguration(target: target))
    }

    func call<Request: Message, Response: Message>(
        _ method: Method<Request, Response>, _ request: Request
    ) async throws -> Response {
        let bytes: [UInt8] = try request.serializedBytes()
        do {
            let answer = try await unary(method.path, message: bytes, timeout: .seconds(20))
            return try Response(serializedBytes: answer.message)
        } catch let status as Status {
            throw LoadFailure(reason: "\(method.path): \(status.code): \(status.message)")
        }
    }
}

/// Why a measurement cannot be made.
struct LoadFailure: Error, CustomStringConvertible {
    var reason: String
    var description: String { reason }
}

extension Google_Protobuf_Timestamp {
    /// Whole minutes since 1970.
    init(minutes: Int64) {
        self.init(seconds: minutes * 60, nanos: 0)
    }
}
