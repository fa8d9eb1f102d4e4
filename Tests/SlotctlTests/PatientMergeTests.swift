internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf
internal import Synchronization
internal import Testing

@testable internal import slotctl

/// `slotctl patient merge`: there is no way back, so it asks, and says whom it means.
struct PatientMergeTests {
    private let joe = testID(.patient, "j")
    private let ada = testID(.patient, "a")

    /// A daemon with two patients; what it was sent is kept.
    private func daemon(
        _ sent: @escaping @Sendable (Slotd_V1_MergePatientsRequest) -> Void
    ) -> FakeDaemon {
        let daemon = FakeDaemon()
        let joe = joe
        daemon.on(Methods.PatientService.getPatient) { request in
            .with {
                $0.patient.id = request.id
                $0.patient.name = request.id == joe ? "Joe Bloggs" : "Ada Lovelace"
                if request.id != joe {
                    $0.patient.birthDate.year = 1990
                    $0.patient.birthDate.month = 12
                    $0.patient.birthDate.day = 10
                }
            }
        }
        daemon.on(Methods.PatientService.mergePatients) { request in
            sent(request)
            return .with {
                $0.patient.id = request.intoPatientID
                $0.bookings = 3
                $0.warnings = [.patientOverlap]
            }
        }
        return daemon
    }

    private func merge(_ arguments: [String], _ session: Session) async throws {
        let words = [joe, ada, "--reason", "same person"] + arguments
        try await PatientMerge.parse(words).run(session)
    }

    @Test("both versions and the reason go along, and nothing is asked with --yes")
    func sends() async throws {
        let sent = Mutex<Slotd_V1_MergePatientsRequest?>(nil)
        let daemon = daemon { request in sent.withLock { $0 = request } }
        try await merge(
            ["--yes", "--if-version", "2", "--if-into-version", "5", "--request-id", "r1"],
            try daemon.session(.tsv))
        let request = try #require(sent.withLock { $0 })
        #expect(request.patientID == joe && request.intoPatientID == ada)
        #expect(request.expectedVersion == 2 && request.expectedIntoVersion == 5)
        #expect(request.reason == "same person" && request.requestID == "r1")
        #expect(daemon.calls == ["MergePatients"])
        #expect(daemon.lines.count == 1 && daemon.lines[0].hasPrefix(ada))
    }

    @Test("it asks for who goes, and anything else changes nothing; without a terminal exit 2")
    func asks() async throws {
        let daemon = daemon { _ in }
        try await merge([], try daemon.session(answers: ["joe bloggs"]))
        #expect(
            daemon.dialogue.contains(
                "Merge Joe Bloggs into Ada Lovelace (1990-12-10), for good."))
        #expect(daemon.calls.last == "MergePatients")

        let unwilling = self.daemon { _ in }
        let sessions = [try unwilling.session(answers: ["y"]), try unwilling.session()]
        for session in sessions {
            await #expect { try await merge([], session) } throws: { error in
                (error as? CommandFailure)?.exitStatus == .declined
            }
        }
        #expect(!unwilling.calls.contains("MergePatients"))
    }
}
