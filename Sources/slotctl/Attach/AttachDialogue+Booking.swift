internal import SlotdAPI
internal import SwiftProtobuf

extension AttachDialogue {
    /// Lets choose a booking and attaches it. When somebody was faster, says so and asks again.
    func attach(to draft: Slotd_V1_Procedure) async throws(CommandFailure) {
        var draft = draft
        while true {
            let choice = try await chooseBooking(for: draft)
            do throws(CommandFailure) {
                guard let row = choice else {
                    let visit = VisitDialogue(session: session)
                    guard let booking = try await visit.run() else { continue }
                    return try await create(booking, for: draft)
                }
                return try await attach(row, to: draft)
            } catch {
                // A slot or a booking that went away meanwhile is no reason to begin all over.
                guard error.exitStatus == .conflict, bookingName == nil else { throw error }
                for line in FailureReport(failure: error).lines(prompter.paint) {
                    prompter.tell(line)
                }
                let id = draft.id
                draft = try await session.api.call(
                    Methods.ProcedureService.getProcedure, .with { $0.id = id }
                ).procedure
                guard draft.status == .draft, !draft.hasAttachment else { throw error }
            }
        }
    }

    /// A row of the dropdown; nil: a new booking is wanted.
    private func chooseBooking(
        for draft: Slotd_V1_Procedure
    ) async throws(CommandFailure) -> Slotd_V1_AttachableBooking? {
        var request = Slotd_V1_ListAttachableBookingsRequest()
        request.patientID = draft.patientID
        request.procedureID = draft.id
        request.showUnattachable = true
        if let locationName { request.locationID = try await session.location(locationName).id }
        let reply = try await session.api.call(
            Methods.ProcedureService.listAttachableBookings, request)
        if let bookingName {
            let id = try await session.bookingID(bookingName)
            return .with {
                $0.booking.id = id
                $0.attachable = true
            }
        }
        let attachable = reply.bookings.filter(\.attachable)
        var menu = Menu(
            title: reply.bookings.isEmpty
                ? "The patient has no booking from yesterday on." : "Bookings of the patient",
            rows: reply.bookings.map(Self.row),
            letters: [("n", "create a new booking")])
        if attachable.count == 1 { menu.preset = 1 }
        switch menu.ask("Booking", prompter) {
        case .value(let row): return row
        case .letter: return nil
        case .text, .quit: throw Self.quit
        }
    }

    private static func row(
        _ row: Slotd_V1_AttachableBooking
    ) -> Menu<Slotd_V1_AttachableBooking>.Row {
        .init(
            value: row.attachable ? row : nil,
            cells: [
                Cell(row.booking.localTimes), Cell(row.serviceWords), Cell(row.providerName),
                Cell(row.locationName), Cell(row.booking.stage.label),
            ],
            remark: row.whyNot == .unspecified ? "" : row.whyNot.short)
    }

    private func attach(
        _ row: Slotd_V1_AttachableBooking, to draft: Slotd_V1_Procedure
    ) async throws(CommandFailure) {
        var advances = advancesStage
        if !advances, row.booking.stage == .checkIn {
            advances = prompter.confirms("Also move it from Check-in to In Procedure?")
        }
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.ProcedureService.attachBooking,
            .with {
                $0.requestID = id
                $0.expectedVersion = draft.version
                $0.expectedBookingVersion = row.booking.version
                $0.procedureID = draft.id
                $0.bookingID = row.booking.id
                $0.segment = row.segment
                $0.advanceStage = advances
            })
        session.note(warnings: reply.warnings)
        try await finish(reply.procedure, reply.booking)
        try await session.show(reply.procedure, reply: reply, booking: reply.booking)
    }

    private func create(
        _ booking: Slotd_V1_NewBooking, for draft: Slotd_V1_Procedure
    ) async throws(CommandFailure) {
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.ProcedureService.createBookingAndAttach,
            .with {
                $0.requestID = id
                $0.expectedVersion = draft.version
                $0.procedureID = draft.id
                $0.booking = booking
            })
        session.note(warnings: reply.warnings)
        try await finish(reply.procedure, reply.booking)
        try await session.show(reply.procedure, reply: reply, booking: reply.booking)
    }

    /// Says where the wizard stands now, and what comes next.
    private func finish(
        _ procedure: Slotd_V1_Procedure, _ booking: Slotd_V1_Booking
    ) async throws(CommandFailure) {
        prompter.tell("Attached. The wizard is at \(procedure.wizard).", .good)
        if procedure.currentStep == 2, procedure.procedureTypeID.isEmpty {
            prompter.say(prompter.paint.dim("Choose the type:"))
            // A command is not broken: it is there to be copied.
            prompter.say(
                "  slotctl procedure save-step \(procedure.id) --step 2 --type NAME")
        }
        prompter.say()
    }
}
