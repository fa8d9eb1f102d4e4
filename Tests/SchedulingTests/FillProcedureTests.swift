import Intervals
import Testing
import Workload

@testable import Scheduling

/// Saving steps, submitting and completing: procedures.md 3.
struct FillProcedureTests {
    private func step(_ number: Int32, _ payload: [UInt8] = [1], done: Bool = true) -> StepContent {
        .payload(StepEdit(step: number, payload: payload, isDone: done))
    }

    private func save(
        _ procedure: Procedure, _ content: StepContent, version: Int64 = 0
    ) -> SaveStep {
        SaveStep(procedure: procedure.id, content, view: nil, expectedVersion: version)
    }

    // MARK: Saving steps

    @Test("the current step is the first that is not valid, and the last when all are")
    func currentStep() throws {
        var spa = try Spa()
        let procedure = try spa.start(try spa.checkedIn()).procedure
        let fourth = try spa.sandbox.perform(save(procedure, step(4)))
        #expect(spa.organization.stepsDone(of: fourth) == [1, 2, 4])
        #expect(spa.organization.currentStep(of: fourth) == 3)
        let open = try spa.sandbox.perform(save(procedure, step(3, done: false)))
        #expect(spa.organization.currentStep(of: open) == 3)
        let third = try spa.sandbox.perform(save(procedure, step(3)))
        #expect(third.steps.map(\.step) == [3, 4])
        #expect(spa.organization.currentStep(of: third) == 4)
        #expect(spa.organization.stepsDone(of: third) == [1, 2, 3, 4])
    }

    @Test("saving the same again changes nothing; another view alone is a change")
    func sameStep() throws {
        var spa = try Spa()
        let procedure = try spa.start(try spa.checkedIn()).procedure
        let saved = try spa.sandbox.perform(save(procedure, step(3)))
        #expect(try spa.sandbox.perform(save(procedure, step(3))) == saved)
        #expect(spa.sandbox.lastEvent == nil)
        let single = SaveStep(
            procedure: procedure.id, .type(nil), view: .singlePage, expectedVersion: 0)
        #expect(try spa.sandbox.perform(single).version == saved.version + 1)
    }

    @Test("without a step only view and consultation change, and no step is lost")
    func noStep() throws {
        var spa = try Spa()
        let procedure = try spa.start(try spa.checkedIn()).procedure
        let saved = try spa.sandbox.perform(save(procedure, step(3, [7])))
        var change = SaveStep(
            procedure: procedure.id, .nothing, view: .singlePage, expectedVersion: 0)
        change.isConsultOnly = true
        let changed = try spa.sandbox.perform(change)
        #expect(changed.steps == saved.steps && changed.version == saved.version + 1)
        #expect(changed.view == .singlePage && changed.isConsultOnly)
        #expect(try spa.sandbox.perform(change) == changed)
        #expect(try spa.draft().steps.isEmpty)
        try spa.sandbox.perform(SubmitProcedure(procedure: procedure.id, patient: nil))
        try spa.sandbox.perform(CompleteProcedure(procedure: procedure.id, expectedVersion: 0))
        #expect(spa.sandbox.refusal(of: change)?.reason == .procedureStatus)
    }

    @Test("of a step from 3 on, what is not given stays; an empty payload that is given empties it")
    func partOfStep() throws {
        var spa = try Spa()
        let procedure = try spa.start(try spa.checkedIn()).procedure
        func edit(_ payload: [UInt8]?, _ isDone: Bool?) throws -> [ProcedureStep] {
            let content = StepContent.payload(StepEdit(step: 3, payload: payload, isDone: isDone))
            return try spa.sandbox.perform(save(procedure, content)).steps
        }
        #expect(try edit(nil, nil) == [])
        #expect(try edit([7], nil) == [ProcedureStep(step: 3, payload: [7], isDone: false)])
        #expect(try edit(nil, true) == [ProcedureStep(step: 3, payload: [7], isDone: true)])
        #expect(try edit([8], nil) == [ProcedureStep(step: 3, payload: [8], isDone: true)])
        #expect(try edit(nil, nil) == [ProcedureStep(step: 3, payload: [8], isDone: true)])
        #expect(try edit([], nil) == [ProcedureStep(step: 3, payload: [], isDone: true)])
        let none = save(procedure, .payload(StepEdit(step: 5, payload: nil, isDone: nil)))
        #expect(spa.sandbox.refusal(of: none)?.field == "step")
    }

    @Test("steps are refused that do not exist, hold too much, or come before step 2 is valid")
    func badSteps() throws {
        var spa = try Spa()
        let procedure = try spa.start(try spa.checkedIn()).procedure
        for number in [Int32.min, -1, 0, 1, 2, 5, .max] {
            #expect(spa.sandbox.refusal(of: save(procedure, step(number)))?.field == "step")
        }
        let half = [UInt8](repeating: 0, count: Limits.procedurePayload / 2)
        #expect(spa.sandbox.refusal(of: save(procedure, step(3, half))) == nil)
        #expect(spa.sandbox.refusal(of: save(procedure, step(4, half))) == nil)
        #expect(spa.sandbox.refusal(of: save(procedure, step(4, half + [0])))?.field == "payload")
        #expect(
            spa.sandbox.refusal(of: save(procedure, step(3), version: 77))?.reason
                == .versionMismatch)
        let early = try spa.draft()
        #expect(
            spa.sandbox.refusal(of: save(early, step(3), version: 77))?.reason == .stepIncomplete)
    }

    @Test("a draft's patient can change until a booking is attached")
    func patient() throws {
        var spa = try Spa()
        let draft = try spa.draft()
        let changed = try spa.sandbox.perform(save(draft, .patient(spa.noor)))
        #expect(changed.patient == spa.noor)
        #expect(spa.organization.proceduresByPatient[spa.mina]?.keys == [])
        let booking = try spa.book(spa.at(10), patient: spa.noor)
        _ = try spa.attach(changed, booking)
        #expect(
            spa.sandbox.refusal(of: save(draft, .patient(spa.mina)))?.reason == .procedureAttached)
        #expect(spa.sandbox.refusal(of: save(draft, .patient(spa.noor))) == nil)
        let nobody = save(draft, .patient(Identifier(value: 9)))
        #expect(spa.sandbox.refusal(of: nobody)?.reason == .unknownRecord)
    }

    @Test("steps from 3 on stay open until completion, patient and type until submission")
    func afterSubmission() throws {
        var spa = try Spa()
        let procedure = try spa.start(try spa.checkedIn()).procedure
        try spa.sandbox.perform(SubmitProcedure(procedure: procedure.id, patient: nil))
        #expect(spa.sandbox.refusal(of: save(procedure, step(3))) == nil)
        #expect(
            spa.sandbox.refusal(of: save(procedure, .type(spa.smallLaser)))?.reason
                == .procedureStatus)
        #expect(
            spa.sandbox.refusal(of: save(procedure, .patient(spa.noor)))?.reason
                == .procedureStatus)
        try spa.sandbox.perform(CompleteProcedure(procedure: procedure.id, expectedVersion: 0))
        #expect(spa.sandbox.refusal(of: save(procedure, step(3)))?.reason == .procedureStatus)
    }

    // MARK: Submitting

    @Test("a draft is submitted when step 2 is valid; what is missing is named")
    func submitDraft() throws {
        var spa = try Spa()
        let draft = try spa.draft()
        var submit = SubmitProcedure(procedure: draft.id, patient: nil)
        submit.expectedVersion = 77
        #expect(spa.sandbox.refusal(of: submit)?.reason == .stepIncomplete)
        _ = try spa.attach(draft, try spa.book(spa.at(10), service: spa.laser))
        #expect(spa.sandbox.refusal(of: submit)?.reason == .stepIncomplete)
        submit.type = spa.smallLaser
        #expect(spa.sandbox.refusal(of: submit)?.reason == .versionMismatch)
        submit.expectedVersion = 2
        submit.steps = [ProcedureStep(step: 3, payload: [7], isDone: true)]
        let pair = try spa.sandbox.perform(submit)
        #expect(pair.procedure.status == .inProgress && pair.procedure.version == 3)
        #expect(pair.procedure.submittedAt == spa.sandbox.now)
        #expect(pair.procedure.type == spa.smallLaser && pair.procedure.steps.count == 1)
        #expect(pair.booking?.patient == spa.mina)
        #expect(spa.sandbox.refusal(of: submit)?.reason == .procedureStatus)
        submit.patient = spa.noor
        submit.procedure = try spa.draft().id
        #expect(spa.sandbox.refusal(of: submit)?.reason == .patientMismatch)
    }

    @Test("the single page with an existing booking is one event, and versions come last")
    func singlePageExisting() throws {
        var spa = try Spa()
        let booking = try spa.checkedIn(service: spa.laser)
        var submit = SubmitProcedure(procedure: nil, patient: spa.mina)
        submit.booking = .existing(booking.id, segment: 0, expectedVersion: 77)
        #expect(spa.sandbox.refusal(of: submit)?.reason == .stepIncomplete)
        submit.type = spa.smallLaser
        submit.steps = [ProcedureStep(step: 9, payload: [], isDone: true)]
        #expect(spa.sandbox.refusal(of: submit)?.field == "steps[0].step")
        submit.steps = []
        #expect(spa.sandbox.refusal(of: submit)?.reason == .versionMismatch)
        submit.booking = .existing(booking.id, segment: 0, expectedVersion: booking.version)
        submit.advancesStage = true
        submit.externalRef = "p-1"
        let pair = try spa.sandbox.perform(submit)
        #expect(pair.procedure.entry == .form && pair.procedure.view == .singlePage)
        #expect(pair.procedure.status == .inProgress && pair.procedure.version == 1)
        #expect(pair.booking?.stage == .inProcedure)
        #expect(spa.sandbox.lastEvent?.writes.count == 3)
        #expect(spa.sandbox.refusal(of: submit)?.reason == .externalRefTaken)
        submit.externalRef = ""
        #expect(spa.sandbox.refusal(of: submit)?.reason == .alreadyAttached)
        submit.patient = spa.noor
        #expect(spa.sandbox.refusal(of: submit)?.reason == .patientMismatch)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("the single page with a new booking makes both or neither")
    func singlePageNew() throws {
        var spa = try Spa()
        var submit = SubmitProcedure(procedure: nil, patient: spa.mina)
        submit.booking = .new(spa.newBooking(try spa.at(10), service: spa.laser))
        #expect(spa.sandbox.refusal(of: submit)?.reason == .stepIncomplete)
        #expect(spa.organization.bookings.count == 0 && spa.organization.procedures.count == 0)
        submit.type = spa.smallLaser
        let pair = try spa.sandbox.perform(submit)
        #expect(pair.booking?.version == 1 && pair.booking?.stage == .new)
        #expect(spa.organization.activeAttachment(of: pair.procedure.id) != nil)
        #expect(spa.organization.currentStep(of: pair.procedure) == 3)

        var taken = submit
        taken.booking = .new(
            spa.newBooking(
                try spa.at(10), service: spa.laser,
                provider: pair.booking?.segments.first?.provider))
        #expect(spa.sandbox.refusal(of: taken)?.reason == .slotTaken)
        taken.booking = .new(NewBooking())
        #expect(spa.sandbox.refusal(of: taken)?.field == "new_booking.location_id")
        #expect(spa.organization.bookings.count == 1 && spa.organization.procedures.count == 1)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("the single page needs a patient, and a booking")
    func singlePageMissing() throws {
        var spa = try Spa()
        var submit = SubmitProcedure(procedure: nil, patient: nil)
        #expect(spa.sandbox.refusal(of: submit)?.field == "patient_id")
        submit.patient = Identifier(value: 9)
        #expect(spa.sandbox.refusal(of: submit)?.reason == .unknownRecord)
        submit.patient = spa.mina
        submit.type = spa.facialType
        #expect(spa.sandbox.refusal(of: submit)?.reason == .stepIncomplete)
        submit.type = Identifier(value: 9)
        #expect(spa.sandbox.refusal(of: submit)?.field == "procedure_type_id")
    }

    @Test("a walk-in submitted at once goes from Check-in to In Procedure in its first event")
    func walkIn() throws {
        var spa = try Spa()
        spa.sandbox.now = Instant(try spa.at(10, 7))
        var new = spa.newBooking(try spa.at(10, 7))
        new.isWalkIn = true
        var submit = SubmitProcedure(procedure: nil, patient: spa.mina)
        submit.booking = .new(new)
        submit.advancesStage = true
        let pair = try spa.sandbox.perform(submit)
        #expect(pair.booking?.stage == .inProcedure)
        #expect(pair.booking?.stageHistory.map(\.stage) == [.checkIn, .inProcedure])
        #expect(pair.procedure.type == spa.facialType)
        // The trail begins with the first version, of nothing.
        #expect(pair.booking?.version == 1)
        let event = try #require(spa.sandbox.lastEvent)
        #expect(event.writes.indices.allSatisfy { event.versionBefore($0) == 0 })
    }

    // MARK: Completing

    @Test("completing needs a submitted procedure, and once is enough")
    func complete() throws {
        var spa = try Spa()
        let procedure = try spa.start(try spa.checkedIn()).procedure
        func complete(_ version: Int64) -> CompleteProcedure {
            CompleteProcedure(procedure: procedure.id, expectedVersion: version)
        }
        #expect(spa.sandbox.refusal(of: complete(77))?.reason == .procedureStatus)
        try spa.sandbox.perform(SubmitProcedure(procedure: procedure.id, patient: nil))
        #expect(spa.sandbox.refusal(of: complete(77))?.reason == .versionMismatch)
        let done = try spa.sandbox.perform(complete(2))
        #expect(done.status == .completed && done.completedAt == spa.sandbox.now)
        spa.sandbox.now = spa.sandbox.now.adding(seconds: 9)
        #expect(try spa.sandbox.perform(complete(2)) == done)
        #expect(spa.sandbox.lastEvent == nil)
        let unknown = CompleteProcedure(procedure: Identifier(value: 9), expectedVersion: 0)
        #expect(spa.sandbox.refusal(of: unknown)?.reason == .unknownRecord)
    }
}
