internal import GRPCWire
internal import SlotdAPI
internal import SwiftProtobuf

/// A request that replaces a record as a whole.
protocol UpdateRequest: Message {
    var requestID: String { get set }
    var expectedVersion: Int64 { get set }
}

/// What answers it.
protocol UpdateReply: Message {
    var replayed: Bool { get }
}

extension Slotd_V1_UpdateProcedureTypeRequest: UpdateRequest {}
extension Slotd_V1_UpdateProcedureTypeResponse: UpdateReply {}
extension Slotd_V1_UpdatePatientRequest: UpdateRequest {}
extension Slotd_V1_UpdatePatientResponse: UpdateReply {}

/// A change of a record that is read, changed and sent whole.
///
/// When the same command is given again, the record is another one by then (changed, renamed), and
/// so are the bytes that would be sent. So the daemon is told what makes the two requests one: the
/// words of the command. And it is asked for the first reply before the record is read.
struct RecordChange<Request: UpdateRequest, Response: UpdateReply> {
    let method: Method<Request, Response>
    let options: RequestOptions
    /// All that the command says of the change.
    let words: String

    /// The first reply of a command that was given before, else the reply to what `make` makes of
    /// the record.
    func send(
        _ session: Session,
        _ make: () async throws(CommandFailure) -> Request
    ) async throws(CommandFailure) -> Response {
        var api = session.api
        if options.requestID != nil {
            api.metadata.append("x-slotd-request-identity", Self.digest(words))
            if let reply = try await firstReply(api) {
                session.noteReplay(true)
                return reply
            }
        }
        var request = try await make()
        request.requestID = options.make(session)
        let reply = try await api.call(method, request)
        session.noteReplay(reply.replayed)
        return reply
    }

    /// The daemon looks for an earlier reply before it looks at the record, and this one, which has
    /// no id and a version that no record reaches, it can only refuse.
    private func firstReply(_ api: APIClient) async throws(CommandFailure) -> Response? {
        guard let id = options.requestID, !id.isEmpty else { return nil }
        var question = Request()
        question.requestID = id
        question.expectedVersion = .max
        do {
            return try await api.call(method, question)
        } catch {
            guard error.reason != "KEY_REUSED" else { throw error }
            switch error.exitStatus {
            case .failure, .notFound, .conflict: return nil
            default: throw error
            }
        }
    }

    /// FNV-1a in 64 bits: what a person typed twice is to be known again, not kept.
    private static func digest(_ text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01b3 }
        return "words-" + String(hash, radix: 16)
    }
}
