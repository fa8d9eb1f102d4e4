internal import ArgumentParser
internal import GRPCWire
internal import SlotdAPI
internal import SwiftProtobuf
internal import Synchronization
internal import Testing

@testable internal import slotctl

struct RecordChangeTests {
    /// A daemon that keeps one patient and its receipts, by the identity that the caller names.
    private final class Desk: Sendable {
        struct State {
            var patient: Slotd_V1_Patient
            var replies: [String: (identity: String, reply: Slotd_V1_UpdatePatientResponse)] = [:]
        }
        let state: Mutex<State>
        let daemon = FakeDaemon()

        init() {
            state = Mutex(
                State(
                    patient: .with {
                        $0.id = testID(.patient, "a")
                        $0.name = "Ada Lovelace"
                        $0.version = 4
                    }))
            daemon.on(Methods.PatientService.listPatients) { request in
                self.state.withLock { state in
                    Slotd_V1_ListPatientsResponse.with {
                        if state.patient.name.hasPrefix(request.prefix) {
                            $0.patients = [state.patient]
                        }
                    }
                }
            }
            daemon.on(Methods.PatientService.updatePatient) { request in
                let identity = self.daemon.metadata.last?.first("x-slotd-request-identity") ?? "?"
                return try self.state.withLock {
                    state throws(Status) -> Slotd_V1_UpdatePatientResponse in
                    if let (first, reply) = state.replies[request.requestID] {
                        guard first == identity else { throw Self.refusal("KEY_REUSED") }
                        return reply
                    }
                    guard request.expectedVersion == state.patient.version else {
                        throw Self.refusal("VERSION_MISMATCH")
                    }
                    state.patient = request.patient
                    state.patient.version += 1
                    let reply = Slotd_V1_UpdatePatientResponse.with { $0.patient = state.patient }
                    state.replies[request.requestID] = (identity, reply)
                    state.replies[request.requestID]?.reply.replayed = true
                    return reply
                }
            }
        }

        private static func refusal(_ reason: String) -> Status {
            let info = Google_Rpc_ErrorInfo.with { $0.reason = reason }
            let status = Google_Rpc_Status.with {
                $0.details = [try! Google_Protobuf_Any(message: info)]
            }
            return Status(.invalidArgument, reason, details: try! status.serializedBytes())
        }

        func update(_ arguments: String...) async throws {
            try await PatientUpdate.parse(arguments).run(try daemon.session())
        }
    }

    @Test(
        "an update given again gets the first reply, though the name that it used is gone"
    )
    func repeated() async throws {
        let desk = Desk()
        try await desk.update("Ada", "--name", "Mary King", "--request-id", "X")
        try await desk.update("Ada", "--name", "Mary King", "--request-id", "X")
        #expect(desk.daemon.notes == ["This was done before, by the same request id."])
        #expect(desk.daemon.lines.count == 2)
        #expect(desk.daemon.lines[0] == desk.daemon.lines[1])
        #expect(desk.state.withLock { $0.patient.version } == 5)
    }

    @Test("a request id of another update is refused, and nothing is changed")
    func reused() async throws {
        let desk = Desk()
        try await desk.update("Ada", "--name", "Ada King", "--request-id", "X")
        await #expect {
            try await desk.update("Ada", "--phone", "1", "--request-id", "X")
        } throws: { error in
            (error as? CommandFailure)?.reason == "KEY_REUSED"
        }
        #expect(desk.state.withLock { $0.patient.phone.isEmpty })
    }

    @Test("without a request id, updates are told apart, and nothing is asked first")
    func fresh() async throws {
        let desk = Desk()
        try await desk.update("Ada", "--phone", "1")
        try await desk.update("Ada", "--phone", "1")
        #expect(desk.state.withLock { $0.patient.version } == 6)
        #expect(desk.daemon.calls.filter { $0 == "UpdatePatient" }.count == 2)
        #expect(desk.daemon.metadata.allSatisfy { $0.first("x-slotd-request-identity") == nil })
    }
}
