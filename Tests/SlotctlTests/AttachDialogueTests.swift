internal import ArgumentParser
internal import GRPCWire
internal import SlotdAPI
internal import SwiftProtobuf
internal import Synchronization
internal import Testing

@testable internal import slotctl

struct AttachDialogueTests {
    private let ada = testID(.patient, "a")
    private let draft = testID(.procedure, "d")
    private let busy = testID(.procedure, "e")
    private let kim = testID(.provider, "k")

    /// A daemon with one patient, a waiting draft and an attached one, and three bookings.
    private func daemon() -> FakeDaemon {
        let daemon = FakeDaemon()
        let (ada, draft, busy) = (ada, draft, busy)
        daemon.on(Methods.PatientService.listPatients) { request in
            .with {
                if "ada lovelace".contains(request.prefix.lowercased()) {
                    $0.patients = [
                        .with {
                            $0.id = ada
                            $0.name = "Ada Lovelace"
                        }
                    ]
                }
            }
        }
        daemon.on(Methods.PatientService.getPatient) { _ in .with { $0.patient.name = "Ada" } }
        daemon.on(Methods.ProcedureService.listProcedures) { _ in
            .with {
                $0.procedures = [
                    Self.procedure(draft, ada),
                    Self.procedure(busy, ada, attachedTo: testID(.booking, "z")),
                ]
            }
        }
        daemon.on(Methods.ProcedureService.getProcedure) { request in
            .with { $0.procedure = Self.procedure(request.id, ada) }
        }
        daemon.on(Methods.ProcedureService.listAttachableBookings) { _ in
            .with {
                $0.bookings = [
                    Self.row("1", .checkIn, nil), Self.row("2", .billing, .stage),
                    Self.row("3", .new, .wrongServiceForType, isAttachable: true),
                ]
            }
        }
        daemon.on(Methods.ProcedureService.attachBooking) { request in
            .with {
                $0.procedure = Self.procedure(
                    request.procedureID, ada, attachedTo: request.bookingID)
                $0.procedure.currentStep = 3
                $0.booking.id = request.bookingID
                $0.booking.stage = request.advanceStage ? .inProcedure : .checkIn
            }
        }
        for list in [Methods.CatalogService.listLocations] {
            daemon.on(list) { _ in
                .with {
                    $0.locations = [
                        .with {
                            $0.id = testID(.location, "0")
                            $0.name = "Downtown"
                            $0.timeZone = "America/New_York"
                        }
                    ]
                }
            }
        }
        return daemon
    }

    private static func procedure(
        _ id: String, _ patient: String, attachedTo booking: String? = nil
    ) -> Slotd_V1_Procedure {
        .with {
            $0.id = id
            $0.patientID = patient
            $0.status = .draft
            $0.version = 7
            $0.currentStep = 2
            $0.stepCount = 4
            if let booking {
                $0.attachment.bookingID = booking
                $0.attachment.state = .active
            }
        }
    }

    private static func row(
        _ id: Character, _ stage: Slotd_V1_Stage, _ whyNot: Slotd_V1_Reason?,
        isAttachable: Bool = false
    ) -> Slotd_V1_AttachableBooking {
        .with {
            $0.booking.id = testID(.booking, id)
            $0.booking.version = 4
            $0.booking.stage = stage
            $0.booking.start = rfc3339Moment("2026-11-24T14:00Z")!.timestamp
            $0.booking.end = rfc3339Moment("2026-11-24T14:30Z")!.timestamp
            $0.booking.utcOffsetMinutes = -300
            $0.segment = 1
            $0.serviceName = "Botox"
            $0.attachable = isAttachable || whyNot == nil
            $0.whyNot = whyNot ?? .unspecified
        }
    }

    private func attach(_ arguments: [String], _ session: Session) async throws {
        try await ProcedureAttach.parse(arguments).run(session)
    }

    @Test("with both flags nothing is asked, and versions go along")
    func flags() async throws {
        let daemon = daemon()
        let sent = Mutex<Slotd_V1_AttachBookingRequest?>(nil)
        daemon.on(Methods.ProcedureService.attachBooking) { request in
            sent.withLock { $0 = request }
            return .init()
        }
        try await attach(
            [
                "--procedure", draft, "--booking", testID(.booking, "1"), "--if-version", "7",
                "--if-booking-version", "4", "--segment", "2", "--advance-stage",
                "--request-id", "r1",
            ],
            try daemon.session(.json))
        let request = try #require(sent.withLock { $0 })
        #expect(request.requestID == "r1")
        #expect(request.expectedVersion == 7)
        #expect(request.expectedBookingVersion == 4)
        #expect(request.segment == 2)
        #expect(request.advanceStage)
        #expect(daemon.calls == ["AttachBooking"])
    }

    @Test("without a terminal, missing flags are exit 64 and named")
    func scripted() async throws {
        let session = try daemon().session()
        await #expect { try await attach(["--procedure", draft], session) } throws: { error in
            guard let failure = error as? CommandFailure else { return false }
            return failure.exitStatus == .usage && failure.message.hasPrefix("missing --booking;")
        }
    }

    @Test("the dialogue goes from a name to an attachment; what cannot be chosen says why")
    func dialogue() async throws {
        let daemon = daemon()
        // A wrong beginning, the patient, the preset draft, a number too far, the first booking,
        // and yes to In Procedure.
        let session = try daemon.session(.tsv, answers: ["x", "lov", "1", "", "9", "1", "y"])
        try await attach([], session)
        #expect(daemon.dialogue.contains("Nobody's name begins so."))
        #expect(daemon.dialogue.contains("(has a booking already)"))
        #expect(daemon.dialogue.contains("(stage does not allow it)"))
        #expect(daemon.dialogue.contains("(for another procedure type)"))
        #expect(daemon.dialogue.contains("Please answer a number from 1 to 2, n, or q (quit)."))
        #expect(daemon.dialogue.contains("The wizard is at step 3 of 4: to be filled in."))
        #expect(daemon.lines.count == 1)
        #expect(daemon.lines[0].hasPrefix(draft + "\t"))
    }

    @Test("with --location, bookings elsewhere are greyed out and say so")
    func elsewhere() async throws {
        let daemon = daemon()
        let asked = Mutex("")
        daemon.on(Methods.ProcedureService.listAttachableBookings) { request in
            asked.withLock { $0 = request.locationID }
            return .with {
                $0.bookings = [
                    Self.row("1", .new, .otherLocation), Self.row("2", .new, nil),
                ]
            }
        }
        let session = try daemon.session(answers: ["1"])
        try await attach(["--procedure", draft, "--location", "Downtown"], session)
        #expect(asked.withLock { $0 } == testID(.location, "0"))
        #expect(daemon.dialogue.contains("(at another location)"))
        #expect(daemon.calls.last { $0 == "AttachBooking" } != nil)
    }

    @Test("quitting at any question changes nothing and is exit 2")
    func quitting() async throws {
        for answers in [["q"], ["lov", "q"], ["lov", "1", "q"], ["lov", "1", "1", "q"], []] {
            let daemon = daemon()
            let session = try daemon.session(answers: answers)
            await #expect { try await attach([], session) } throws: { error in
                (error as? CommandFailure)?.exitStatus == .declined
            }
            #expect(!daemon.calls.contains("AttachBooking"))
        }
    }

    @Test("when somebody was faster the list is shown again")
    func retry() async throws {
        let daemon = daemon()
        let attempts = Mutex(0)
        let ada = ada
        daemon.on(Methods.ProcedureService.attachBooking) { request in
            let attempt = attempts.withLock {
                $0 += 1
                return $0
            }
            if attempt == 1 { throw Status(.aborted, "the booking has version 5") }
            return .with {
                $0.procedure = Self.procedure(request.procedureID, ada)
            }
        }
        let session = try daemon.session(answers: ["1", "n", "2"])
        try await attach(["--procedure", draft], session)
        #expect(daemon.dialogue.contains("Error: the booking has version 5"))
        #expect(daemon.calls.count { $0 == "ListAttachableBookings" } == 2)
    }

    @Test("a new booking is created and attached on the spot, by numbered answers")
    func newBooking() async throws {
        let daemon = daemon()
        let (kim, ada) = (kim, ada)
        daemon.on(Methods.CatalogService.listServices) { _ in
            .with {
                $0.services = [
                    .with {
                        $0.id = testID(.service, "0")
                        $0.name = "Botox"
                        $0.durationsMinutes = [30, 45]
                    }
                ]
            }
        }
        daemon.on(Methods.CatalogService.listProviders) { _ in
            .with {
                $0.providers = [
                    .with {
                        $0.id = kim
                        $0.name = "Kim"
                    },
                    .with {
                        $0.id = testID(.provider, "j")
                        $0.name = "Jones"
                    },
                ]
            }
        }
        daemon.on(Methods.AvailabilityService.findSlots) { request in
            .with { reply in
                guard Moment(request.from) >= rfc3339Moment("2026-12-01T00:00Z")! else { return }
                reply.slots = ["2026-12-09T14:00Z", "2026-12-09T14:30Z", "2026-12-10T15:00Z"].map {
                    text in .with { $0.start = rfc3339Moment(text)!.timestamp }
                }
            }
        }
        let sent = Mutex<Slotd_V1_CreateBookingAndAttachRequest?>(nil)
        daemon.on(Methods.ProcedureService.createBookingAndAttach) { request in
            sent.withLock { $0 = request }
            return .with { $0.procedure = Self.procedure(request.procedureID, ada) }
        }
        // New booking; 45 minutes; Kim; later days; the first day; by its clock reading.
        let session = try daemon.session(answers: ["n", "2", "3", "m", "1", "9:30"])
        try await attach(["--procedure", draft], session)
        let request = try #require(sent.withLock { $0 })
        #expect(request.expectedVersion == 7)
        #expect(request.booking.durationMinutes == 45)
        #expect(request.booking.providerID == kim)
        #expect(Moment(request.booking.start).rfc3339() == "2026-12-09T14:30:00Z")
        #expect(daemon.dialogue.contains("Nothing is free from Tue 24 Nov 2026"))
    }

    @Test(
        "destroying asks for a name, and where nobody types needs --yes before a call")
    func confirmation() async throws {
        let daemon = daemon()
        daemon.on(Methods.ProcedureService.detachBooking) { _ in .init() }
        let arguments = [draft, "--reason", "wrong visit"]
        let pipe = try daemon.session()
        await #expect {
            try await ProcedureDetach.parse(arguments).run(pipe)
        } throws: { error in
            guard let failure = error as? CommandFailure else { return false }
            return failure.exitStatus == .declined && failure.message.contains("--yes")
        }
        #expect(daemon.calls.isEmpty)
        for answers in [["y"], [""], ["Adam"], []] {
            let no = try daemon.session(answers: answers)
            await #expect(throws: CommandFailure.self, "\(answers)") {
                try await ProcedureDetach.parse(arguments).run(no)
            }
        }
        #expect(!daemon.calls.contains("DetachBooking"))
        #expect(daemon.dialogue.contains("of Ada.\nType “Ada” to go on: "))
        try await ProcedureDetach.parse(arguments).run(try daemon.session(answers: ["ada"]))
        try await ProcedureDetach.parse(arguments + ["--yes"]).run(try daemon.session())
        #expect(daemon.calls.filter { $0 == "DetachBooking" }.count == 2)
    }

    @Test("a long sentence of a dialogue is broken between words, a long word never")
    func wrapping() {
        #expect(wrapped("one two three four", to: 9) == ["one two", "  three", "  four"])
        #expect(wrapped("小林 由美子 に", to: 8) == ["小林", "  由美子", "  に"])
        #expect(
            wrapped("a procedure_01h455vb4pex b", to: 10) == [
                "a", "  procedure_01h455vb4pex", "  b",
            ])
        #expect(wrapped("", to: 10) == [""])
    }
}
