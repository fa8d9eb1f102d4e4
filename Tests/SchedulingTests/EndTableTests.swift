import Intervals
import Testing
import Workload

@testable import Scheduling

/// The table of procedures.md 8: what cancelling, missing, moving and deleting a booking, and
/// cancelling its procedure, do with nothing attached, with a draft, with what has begun, and with
/// what is signed or billed.
struct EndTableTests {
    /// What hangs on the booking.
    enum Attached: CaseIterable {
        case nothing, draft, inProgress, completed, signed, billed
    }

    /// What is done.
    enum Action: CaseIterable {
        case cancel, cascade, noShow, reschedule, rescheduleOverridden, delete, cancelProcedure
    }

    /// What comes of it.
    enum Effect: Equatable {
        case refused(Reason)
        /// The booking is in this stage, and the procedure in this status; attached or not.
        case done(Stage, ProcedureStatus?, isAttached: Bool)
        case deleted
    }

    private static func expected(_ action: Action, _ attached: Attached) -> Effect {
        switch (action, attached) {
        case (.cancel, .nothing), (.cascade, .nothing): .done(.cancelled, nil, isAttached: false)
        case (.cancel, .draft), (.cascade, .draft): .done(.cancelled, .draft, isAttached: false)
        case (.cancel, .inProgress), (.cancel, .completed): .refused(.procedureActive)
        case (.cascade, .inProgress), (.cascade, .completed):
            .done(.cancelled, .cancelled, isAttached: false)
        case (.noShow, .nothing): .done(.noShow, nil, isAttached: false)
        case (.noShow, .draft): .done(.noShow, .draft, isAttached: false)
        case (.noShow, .inProgress), (.noShow, .completed): .refused(.procedureActive)
        case (.reschedule, .nothing), (.rescheduleOverridden, .nothing):
            .done(.new, nil, isAttached: false)
        case (.reschedule, .draft), (.rescheduleOverridden, .draft):
            .done(.new, .draft, isAttached: true)
        case (.reschedule, .inProgress), (.reschedule, .completed): .refused(.procedureActive)
        case (.rescheduleOverridden, .inProgress): .done(.new, .inProgress, isAttached: true)
        case (.rescheduleOverridden, .completed): .done(.new, .completed, isAttached: true)
        case (.delete, .nothing): .deleted
        case (.delete, .draft): .done(.archived, .draft, isAttached: false)
        // What has begun keeps the visit: the chart and the bill have it.
        case (.delete, .inProgress): .done(.archived, .inProgress, isAttached: true)
        case (.delete, .completed), (.delete, .billed):
            .done(.archived, .completed, isAttached: true)
        case (.delete, .signed): .done(.archived, .signed, isAttached: true)
        case (.cancelProcedure, .nothing): .done(.new, nil, isAttached: false)
        case (.cancelProcedure, .draft): .done(.new, .abandoned, isAttached: false)
        case (.cancelProcedure, .inProgress), (.cancelProcedure, .completed):
            .done(.new, .cancelled, isAttached: false)
        case (_, .signed): .refused(.procedureSigned)
        case (_, .billed): .refused(.chargeBilled)
        }
    }

    @Test(
        "each action does to each kind of procedure what the table says",
        arguments: Action.allCases,
        Attached.allCases)
    func table(action: Action, attached: Attached) throws {
        var spa = try Spa()
        try spa.setPrice(of: spa.facial)
        let booking = try spa.book(spa.at(10))
        let procedure = try spa.attach(attached, to: booking)
        let before = spa.organization
        let effect = try perform(action, booking, procedure, &spa)
        #expect(effect == Self.expected(action, attached), "\(action) with \(attached)")
        #expect(spa.organization.violations().isEmpty)
        if case .refused = effect { #expect(Snapshot(spa.organization) == Snapshot(before)) }
        let isFree = try !spa.organization.keeps(booking)
        switch effect {
        case .done(.cancelled, _, _), .done(.noShow, _, _), .done(.archived, _, _), .deleted:
            #expect(isFree)
        default:
            #expect(!isFree)
        }
        if let procedure, case .done(_, _, isAttached: false) = effect {
            let open = spa.organization.charges(of: procedure.id).filter { $0.status != .void }
            #expect(open.isEmpty, "what was not billed is void")
        }
    }

    private func perform(
        _ action: Action, _ booking: Booking, _ procedure: Procedure?, _ spa: inout Spa
    ) throws -> Effect {
        let id = booking.id
        var refusal: Rejection?
        switch action {
        case .cancel, .cascade:
            var cancel = CancelBooking(id, expectedVersion: 0, reason: "patient called")
            cancel.cascades = action == .cascade
            refusal = spa.sandbox.refusal(of: cancel)
        case .noShow:
            spa.sandbox.now = Instant(try spa.at(10, 30))
            refusal = spa.sandbox.refusal(
                of: MoveBooking(id, expectedVersion: 0, to: .noShow))
        case .reschedule, .rescheduleOverridden:
            var move = RescheduleBooking(
                id, expectedVersion: 0, start: try spa.at(12), provider: nil)
            move.overridesStarted = action == .rescheduleOverridden
            refusal = spa.sandbox.refusal(of: move)
        case .delete:
            refusal = spa.sandbox.refusal(
                of: DeleteBooking(id, expectedVersion: 0, reason: "twice"))
        case .cancelProcedure:
            guard let procedure else { break }
            refusal = spa.sandbox.refusal(
                of: CancelProcedure(
                    procedure: procedure.id, expectedVersion: 0, reason: "changed her mind"))
        }
        if let refusal { return .refused(refusal.reason) }
        guard let booking = spa.organization.bookings[id] else { return .deleted }
        let status = procedure.flatMap { spa.organization.procedures[$0.id]?.status }
        let isAttached = procedure.map { spa.organization.activeAttachment(of: $0.id) != nil }
        return .done(booking.stage, status, isAttached: isAttached ?? false)
    }

    @Test("a cascade also cancels a visit in procedure that has only a draft, and keeps the draft")
    func cascadeOverADraft() throws {
        var spa = try Spa()
        let visited = try spa.checkedIn()
        let procedure = try spa.start(visited).procedure
        var cancel = CancelBooking(visited.id, expectedVersion: 0, reason: "felt unwell")
        #expect(spa.sandbox.refusal(of: cancel)?.reason == .stage)
        cancel.cascades = true
        try spa.sandbox.perform(cancel)
        let booking = try #require(spa.organization.bookings[visited.id])
        #expect(booking.stage == .cancelled)
        #expect(booking.stageHistory.suffix(2).map(\.stage) == [.checkIn, .cancelled])
        #expect(spa.organization.procedures[procedure.id]?.status == .draft)
        #expect(spa.organization.activeAttachment(of: procedure.id) == nil)
        #expect(try !spa.organization.keeps(booking))
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("deleting archives what was attached once, or paid for, and removes what left no trace")
    func deleting() throws {
        var spa = try Spa()
        let visited = try spa.checkedIn()
        let procedure = try spa.start(visited).procedure
        try spa.sandbox.perform(SubmitProcedure(procedure: procedure.id, patient: nil))
        let delete = DeleteBooking(visited.id, expectedVersion: 0, reason: "tidy")
        #expect(spa.sandbox.refusal(of: delete)?.reason == .stage, "not from In Procedure")
        try spa.sandbox.perform(CompleteProcedure(procedure: procedure.id, expectedVersion: 0))
        try spa.move(visited, to: .billing, .checkout)
        let archived = try spa.sandbox.perform(delete)
        #expect(!archived.isDeleted && archived.booking.stage == .archived)
        #expect(archived.booking.stageHistory.last?.reason == "tidy")

        let paid = try spa.book(spa.at(12))
        let amount = Money(minor: 5000, currency: "USD")
        try spa.sandbox.perform(
            SetDeposit(paid.id, expectedVersion: 0, amount: amount, isPaid: true))
        let kept = try spa.sandbox.perform(
            DeleteBooking(paid.id, expectedVersion: 0, reason: "tidy"))
        #expect(!kept.isDeleted && kept.booking.stage == .archived)

        let pending = try spa.book(spa.at(13))
        try spa.sandbox.perform(
            SetDeposit(pending.id, expectedVersion: 0, amount: amount, isPaid: false))
        let stale = DeleteBooking(pending.id, expectedVersion: 1, reason: "tidy")
        #expect(spa.sandbox.refusal(of: stale)?.reason == .versionMismatch)
        let gone = try spa.sandbox.perform(
            DeleteBooking(pending.id, expectedVersion: 2, reason: "tidy"))
        #expect(gone.isDeleted && spa.organization.bookings[pending.id] == nil)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a visit that went beyond Check-in is archived, though nothing was attached or paid")
    func deletingVisits() throws {
        var spa = try Spa()
        try spa.set { $0.isProcedureOptional = true }
        func delete(_ booking: Booking) throws(Rejection) -> DeleteBooking.Result {
            try spa.sandbox.perform(
                DeleteBooking(booking.id, expectedVersion: 0, reason: "tidy"))
        }
        let visit = try spa.move(try spa.book(spa.at(10)), to: .checkIn, .inProcedure)
        #expect(throws: Rejection.self, "not from In Procedure") { try delete(visit) }
        try spa.move(visit, to: .billing)
        #expect(throws: Rejection.self, "not from Billing") { try delete(visit) }
        try spa.move(visit, to: .checkout)
        #expect(try delete(visit).booking.stage == .archived)
        // Moved back, it has been there all the same.
        let returned = try spa.move(
            try spa.book(spa.at(11)), to: .checkIn, .inProcedure, .checkIn)
        #expect(try !delete(returned).isDeleted)
        // Whoever only came to the desk leaves no trace.
        let arrived = try spa.move(try spa.book(spa.at(12)), to: .confirmed, .checkIn)
        #expect(try delete(arrived).isDeleted)
        let missed = try spa.book(spa.at(9))
        spa.sandbox.now = Instant(try spa.at(9, 15))
        #expect(try delete(try spa.move(missed, to: .noShow)).isDeleted)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a deposit that can no longer be paid is not pending")
    func pendingDeposits() throws {
        let amount = Money(minor: 5000, currency: "USD")
        let pending: Set<Stage> = [
            .waitlist, .new, .confirmed, .checkIn, .inProcedure, .billing, .checkout,
        ]
        for stage in Stage.allCases {
            var spa = try Spa()
            var booking = try spa.book(spa.at(10))
            booking.stage = stage
            #expect(!booking.isPaymentPending, "nothing is to be paid")
            booking.deposit = Deposit(amount: amount, isPaid: false)
            #expect(booking.isPaymentPending == pending.contains(stage), "\(stage)")
            booking.deposit?.isPaid = true
            #expect(!booking.isPaymentPending)
            // What is pending can be taken, and nothing else.
            booking.deposit?.isPaid = false
            try spa.sandbox.perform(PutRecords(records: [.booking(booking)]))
            let take = SetDeposit(booking.id, expectedVersion: 0, amount: amount, isPaid: true)
            let refusal = spa.sandbox.refusal(of: take)
            #expect((refusal == nil) == pending.contains(stage), "\(stage)")
        }
    }

    @Test("cancelling a procedure gives the stage back, and frees the booking for another")
    func cancellingProcedure() throws {
        var spa = try Spa()
        let booking = try spa.checkedIn()
        let first = try spa.start(booking).procedure
        try spa.sandbox.perform(SubmitProcedure(procedure: first.id, patient: nil))
        let cancelled = try spa.sandbox.perform(
            CancelProcedure(procedure: first.id, expectedVersion: 0, reason: "nervous"))
        #expect(cancelled.procedure.status == .cancelled)
        #expect(cancelled.procedure.ending?.reason == "nervous")
        #expect(cancelled.booking?.stage == .checkIn)
        let again = try spa.sandbox.perform(
            CancelProcedure(procedure: first.id, expectedVersion: 99, reason: "twice"))
        #expect(again.procedure == cancelled.procedure && spa.sandbox.lastEvent == nil)
        let second = try spa.start(booking)
        #expect(!second.isExisting && second.procedure.id != first.id)
    }
}

extension Spa {
    /// Brings a procedure to a status, attached to a booking that stays in New.
    fileprivate mutating func attach(
        _ attached: EndTableTests.Attached, to booking: Booking
    ) throws -> Procedure? {
        guard attached != .nothing else { return nil }
        let draft = try attach(try draft(), booking).procedure
        if attached == .draft { return draft }
        try sandbox.perform(SubmitProcedure(procedure: draft.id, patient: nil))
        if attached == .inProgress { return draft }
        try sandbox.perform(CompleteProcedure(procedure: draft.id, expectedVersion: 0))
        if attached == .completed { return draft }
        if attached == .signed {
            try sandbox.perform(
                SignProcedure(procedure: draft.id, expectedVersion: 0, permittedBy: ""))
        } else {
            let charge = try #require(organization.charges(of: draft.id).first)
            try sandbox.perform(
                MarkBilled(charge.id, expectedVersion: 0, externalRef: "INV-1"))
        }
        return draft
    }
}

extension Organization {
    /// Whether a booking still has time of its provider's.
    fileprivate func keeps(_ booking: Booking) throws -> Bool {
        calendars[booking.segments[0].provider]?.occupancies
            .contains { $0.owner == booking.id.value } ?? false
    }
}
