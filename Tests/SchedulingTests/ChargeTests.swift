import Intervals
import Testing
import Workload

@testable import Scheduling

/// Charges, deposits and refunds (procedures.md 9), and who may change a procedure's booking.
struct ChargeTests {
    private func spa() throws -> (Spa, Booking, Procedure, Identifier<Charge>) {
        var spa = try Spa()
        try spa.setPrice(of: spa.facial)
        let booking = try spa.checkedIn()
        let procedure = try spa.start(booking).procedure
        let charge = try #require(spa.organization.charges(of: booking.id).first)
        return (spa, booking, procedure, charge.id)
    }

    private func complete(_ procedure: Procedure, _ spa: inout Spa) throws {
        try spa.sandbox.perform(SubmitProcedure(procedure: procedure.id, patient: nil))
        try spa.sandbox.perform(CompleteProcedure(procedure: procedure.id, expectedVersion: 0))
    }

    @Test("a charge is planned at attach, billable when the treatment is done, billed once")
    func life() throws {
        var (spa, booking, procedure, id) = try spa()
        let planned = try #require(spa.organization.charges[id])
        #expect(planned.status == .planned && planned.code == "S1")
        #expect(planned.amount == Money(minor: 12_000, currency: "USD"))
        let bill = MarkBilled(id, expectedVersion: 0, externalRef: "INV-1")
        #expect(spa.sandbox.refusal(of: bill)?.reason == .chargeStatus)
        try complete(procedure, &spa)
        #expect(spa.organization.charges[id]?.status == .billable)
        try spa.move(booking, to: .billing)
        let leave = MoveBooking(booking.id, expectedVersion: 0, to: .checkout)
        let refusal = spa.sandbox.refusal(of: leave)
        #expect(refusal?.reason == .chargeOpen && refusal?.blocking == [id.description])
        let billed = try spa.sandbox.perform(bill)
        #expect(billed.status == .billed && billed.billedAt == spa.sandbox.now)
        #expect(try spa.sandbox.perform(bill) == billed)
        #expect(spa.sandbox.lastEvent == nil)
        let twice = MarkBilled(id, expectedVersion: 0, externalRef: "INV-2")
        #expect(spa.sandbox.refusal(of: twice)?.reason == .chargeStatus)
        #expect(spa.sandbox.refusal(of: leave) == nil)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("an unbilled charge is let pass for a reason, which the booking keeps")
    func override() throws {
        var (spa, booking, procedure, _) = try spa()
        try complete(procedure, &spa)
        try spa.move(booking, to: .billing)
        var leave = MoveBooking(
            booking.id, expectedVersion: 0, to: .checkout, overrides: [.chargeOpen])
        #expect(spa.sandbox.refusal(of: leave)?.field == "reason")
        leave.reason = "pays next week"
        leave.overrides = [.outsideHours]
        #expect(spa.sandbox.refusal(of: leave)?.field == "overrides[0]")
        leave.overrides = [.chargeOpen]
        let left = try spa.sandbox.perform(leave)
        #expect(left.overrides == [.chargeOpen])
        #expect(left.stageHistory.last?.reason == "pays next week")
    }

    @Test("a consultation is not billable, and turning it off and on again follows")
    func consultation() throws {
        var (spa, booking, procedure, id) = try spa()
        var toggle = SaveStep(
            procedure: procedure.id, .type(nil), view: nil, expectedVersion: 0)
        toggle.isConsultOnly = true
        try spa.sandbox.perform(toggle)
        #expect(spa.organization.charges[id]?.status == .notBillable)
        toggle.isConsultOnly = false
        try spa.sandbox.perform(toggle)
        #expect(spa.organization.charges[id]?.status == .planned)
        var submit = SubmitProcedure(procedure: procedure.id, patient: nil)
        submit.isConsultOnly = true
        try spa.sandbox.perform(submit)
        try spa.sandbox.perform(CompleteProcedure(procedure: procedure.id, expectedVersion: 0))
        #expect(spa.organization.charges[id]?.status == .notBillable)
        try spa.move(booking, to: .billing, .checkout)
    }

    @Test("what a visit went to Billing with as a consultation stays one until it is completed")
    func consultationInBilling() throws {
        var (spa, booking, procedure, _) = try spa()
        var toggle = SaveStep(
            procedure: procedure.id, .nothing, view: nil, expectedVersion: 0)
        toggle.isConsultOnly = true
        try spa.sandbox.perform(toggle)
        try spa.move(booking, to: .billing)
        toggle.isConsultOnly = false
        #expect(spa.sandbox.refusal(of: toggle)?.reason == .procedureOpen)
        try spa.move(booking, to: .inProcedure)
        try spa.sandbox.perform(toggle)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a bill locks the clinical record until it is void")
    func billedLocks() throws {
        var (spa, booking, procedure, id) = try spa()
        try complete(procedure, &spa)
        try spa.sandbox.perform(MarkBilled(id, expectedVersion: 0, externalRef: "INV-1"))
        let other = try spa.book(spa.at(14))
        let reattach = ReattachBooking(
            procedure: procedure.id, from: booking.id, to: other.id, segment: 0, reason: "r",
            expectedVersion: 0, expectedFromVersion: 0, expectedToVersion: 0)
        let cancel = CancelProcedure(procedure: procedure.id, expectedVersion: 0, reason: "r")
        let error = MarkProcedureInError(
            procedure: procedure.id, expectedVersion: 0, reason: "wrong patient")
        #expect(spa.sandbox.refusal(of: reattach)?.reason == .chargeBilled)
        #expect(spa.sandbox.refusal(of: cancel)?.reason == .chargeBilled)
        #expect(spa.sandbox.refusal(of: error)?.reason == .chargeBilled)
        try spa.sandbox.perform(VoidCharge(id, expectedVersion: 0, reason: "credit note"))
        #expect(spa.organization.charges[id]?.status == .void)
        let marked = try spa.sandbox.perform(error)
        #expect(marked.procedure.status == .enteredInError && marked.booking?.stage == .checkIn)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("reattaching moves the procedure, its charge and its stage to another booking at once")
    func reattach() throws {
        var (spa, booking, procedure, id) = try spa()
        let other = try spa.move(try spa.book(spa.at(14)), to: .checkIn)
        let foreign = try spa.book(spa.at(15), patient: spa.noor)
        var reattach = ReattachBooking(
            procedure: procedure.id, from: booking.id, to: foreign.id, segment: 0,
            reason: "wrong card", expectedVersion: 0, expectedFromVersion: 0, expectedToVersion: 0)
        #expect(spa.sandbox.refusal(of: reattach)?.reason == .patientMismatch)
        reattach.to = other.id
        reattach.from = other.id
        #expect(spa.sandbox.refusal(of: reattach)?.reason == .procedureAttached)
        reattach.from = booking.id
        for change in [
            \ReattachBooking.expectedVersion, \.expectedFromVersion, \.expectedToVersion,
        ] {
            var stale = reattach
            stale[keyPath: change] = 99
            #expect(spa.sandbox.refusal(of: stale)?.reason == .versionMismatch)
        }
        reattach.advancesStage = true
        let pair = try spa.sandbox.perform(reattach)
        #expect(pair.booking?.id == other.id && pair.booking?.stage == .inProcedure)
        #expect(try spa.booking(booking.id).stage == .checkIn)
        let history = spa.organization.attachmentHistory(of: procedure.id)
        #expect(history.filter(\.isActive).map(\.booking) == [other.id])
        let ended = try #require(history.first { !$0.isActive })
        #expect(ended.booking == booking.id && ended.detachment?.isSuperseded == true)
        #expect(spa.organization.charges[id]?.booking == other.id)
        #expect(spa.organization.charges(of: booking.id).isEmpty)
        #expect(spa.organization.violations().isEmpty)
        let again = try spa.sandbox.perform(reattach)
        #expect(spa.sandbox.lastEvent == nil && again.booking == pair.booking)
        reattach.from = other.id
        let nowhere = spa.sandbox.refusal(of: reattach)
        #expect(nowhere?.reason == .alreadyAttached, "from a booking to the same one")
        #expect(nowhere?.resource?.id == procedure.id.description)
    }

    @Test("signing locks: it needs the treatment done, and a physician where one is asked for")
    func signing() throws {
        var (spa, booking, procedure, _) = try spa()
        var sign = SignProcedure(procedure: procedure.id, expectedVersion: 0, permittedBy: "")
        #expect(spa.sandbox.refusal(of: sign)?.reason == .procedureStatus)
        try complete(procedure, &spa)
        var stored = try spa.procedure(procedure.id)
        stored.mdRequired = true
        try spa.sandbox.perform(PutRecords(records: [.procedure(stored)]))
        #expect(spa.sandbox.refusal(of: sign)?.reason == .mdPermission)
        sign.permittedBy = "dr-7"
        let signed = try spa.sandbox.perform(sign)
        #expect(signed.status == .signed && signed.signature?.permittedBy == "dr-7")
        let step = SaveStep(
            procedure: procedure.id, .payload(StepEdit(step: 3, payload: [], isDone: true)),
            view: nil, expectedVersion: 0)
        #expect(spa.sandbox.refusal(of: step)?.reason == .procedureSigned)
        let cancel = CancelProcedure(procedure: procedure.id, expectedVersion: 0, reason: "r")
        #expect(spa.sandbox.refusal(of: cancel)?.reason == .procedureSigned)
        try spa.move(booking, to: .billing)
        try spa.sandbox.perform(
            MarkProcedureInError(procedure: procedure.id, expectedVersion: 0, reason: "r"))
        #expect(spa.organization.charges(of: booking.id).map(\.status) == [.void])
        #expect(spa.organization.violations().isEmpty)
    }

    @Test("a refund is at most what is left of the deposit, over all cancellations")
    func refunds() throws {
        var spa = try Spa()
        try spa.set { $0.cancellationFee = Money(minor: 2500, currency: "USD") }
        let booking = try spa.book(spa.at(10))
        let amount = Money(minor: 5000, currency: "USD")
        try spa.sandbox.perform(
            SetDeposit(booking.id, expectedVersion: 0, amount: amount, isPaid: false))
        #expect(try spa.booking(booking.id).isPaymentPending)
        func cancel(_ refund: Int64, fee: Int64? = nil, currency: String = "") -> CancelBooking {
            var cancel = CancelBooking(booking.id, expectedVersion: 0, reason: "ill")
            cancel.refund = refund
            cancel.fee = fee
            cancel.currency = currency
            return cancel
        }
        #expect(spa.sandbox.refusal(of: cancel(1))?.reason == .refundTooLarge, "not paid yet")
        try spa.sandbox.perform(
            SetDeposit(booking.id, expectedVersion: 0, amount: amount, isPaid: true))
        let change = SetDeposit(
            booking.id, expectedVersion: 0, amount: Money(minor: 1, currency: "USD"), isPaid: true)
        #expect(spa.sandbox.refusal(of: change)?.reason == .depositPaid)
        #expect(spa.sandbox.refusal(of: cancel(5001))?.reason == .refundTooLarge)
        #expect(spa.sandbox.refusal(of: cancel(1, currency: "EUR"))?.field == "currency")
        let first = try spa.sandbox.perform(cancel(3000))
        #expect(first.cancellation?.fee == Money(minor: 2500, currency: "USD"))
        #expect(first.cancellation?.refund == Money(minor: 3000, currency: "USD"))
        #expect(first.deposit?.refunded == 3000)
        try spa.move(booking, to: .new)
        #expect(spa.sandbox.refusal(of: cancel(2001))?.reason == .refundTooLarge)
        let second = try spa.sandbox.perform(cancel(2000, fee: 0))
        #expect(second.cancellation?.fee == nil && second.deposit?.refunded == 5000)
        #expect(spa.organization.violations().isEmpty)
    }

    @Test(
        "a deposit that went back altogether is pending again after a restore, and can be retaken")
    func givenBack() throws {
        var spa = try Spa()
        let booking = try spa.book(spa.at(10))
        let amount = Money(minor: 5000, currency: "USD")
        func set(_ amount: Int64, isPaid: Bool) -> SetDeposit {
            SetDeposit(
                booking.id, expectedVersion: 0, amount: Money(minor: amount, currency: "USD"),
                isPaid: isPaid)
        }
        try spa.sandbox.perform(set(5000, isPaid: true))
        for refund: Int64 in [2000, 3000] {
            var cancel = CancelBooking(booking.id, expectedVersion: 0, reason: "ill")
            cancel.refund = refund
            try spa.sandbox.perform(cancel)
            #expect(try !spa.booking(booking.id).isPaymentPending)
            try spa.move(booking, to: .new)
            #expect(try spa.booking(booking.id).isPaymentPending == (refund == 3000))
        }
        #expect(
            try spa.booking(booking.id).deposit
                == Deposit(amount: amount, isPaid: true, refunded: 5000))
        #expect(spa.sandbox.refusal(of: set(5000, isPaid: false))?.reason == .depositPaid)
        #expect(spa.sandbox.refusal(of: set(0, isPaid: true))?.reason == .depositPaid)
        let again = try spa.sandbox.perform(set(5000, isPaid: true))
        #expect(again.deposit == Deposit(amount: amount, isPaid: true) && !again.isPaymentPending)
        #expect(spa.sandbox.refusal(of: set(4000, isPaid: true))?.reason == .depositPaid)
        try spa.sandbox.perform(set(5000, isPaid: true))
        #expect(spa.sandbox.lastEvent == nil)
    }

    @Test("the usual fee is not set against a deposit of another currency")
    func twoCurrencies() throws {
        var spa = try Spa()
        try spa.set { $0.cancellationFee = Money(minor: 2500, currency: "USD") }
        let booking = try spa.book(spa.at(10))
        try spa.sandbox.perform(
            SetDeposit(
                booking.id, expectedVersion: 0, amount: Money(minor: 5000, currency: "EUR"),
                isPaid: true))
        var cancel = CancelBooking(booking.id, expectedVersion: 77, reason: "ill")
        #expect(spa.sandbox.refusal(of: cancel)?.field == "fee_minor")
        let move = MoveBooking(booking.id, expectedVersion: 0, to: .cancelled)
        #expect(spa.sandbox.refusal(of: move)?.field == "stage")
        cancel.expectedVersion = 0
        cancel.fee = 1000
        cancel.refund = 4000
        let cancelled = try spa.sandbox.perform(cancel)
        #expect(cancelled.cancellation?.fee == Money(minor: 1000, currency: "EUR"))
        #expect(cancelled.cancellation?.refund == Money(minor: 4000, currency: "EUR"))
        let free = try spa.book(spa.at(12))
        let usual = try spa.sandbox.perform(
            CancelBooking(free.id, expectedVersion: 0, reason: "ill"))
        #expect(usual.cancellation?.fee == Money(minor: 2500, currency: "USD"))
    }

    @Test("a charge of the wrong state is found by violations()")
    func violations() throws {
        var (spa, _, _, id) = try spa()
        var wrong = try #require(spa.organization.charges[id])
        for status in [ChargeStatus.billable, .notBillable, .billed] {
            wrong.status = status
            try spa.sandbox.perform(PutRecords(records: [.charge(wrong)]))
            #expect(spa.organization.violations().count == 1)
            spa.sandbox.undoLast()
        }
        #expect(spa.organization.violations().isEmpty)
    }
}
