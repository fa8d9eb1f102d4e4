/// Cancels a booking and frees its time. A draft that was attached goes back to its step 2; a
/// booking that is cancelled already stays as it is.
public struct CancelBooking: Command {
    /// Which.
    public var id: Identifier<Booking>
    /// The version that it must have; 0: any.
    public var expectedVersion: Int64
    /// Why.
    public var reason: String
    /// What the patient owes for it, in the currency's smallest unit; nil: what the organization
    /// asks as a rule.
    public var fee: Int64?
    /// What of the deposit is given back; money itself moves elsewhere.
    public var refund: Int64 = 0
    /// Of both; empty: the deposit's, else that of the organization's fee.
    public var currency = ""
    /// Procedures that have begun are cancelled with it, for the same reason; only so can a visit
    /// be cancelled that is in procedure.
    public var cascades = false

    /// Names all that it needs.
    public init(_ id: Identifier<Booking>, expectedVersion: Int64, reason: String) {
        self.id = id
        self.expectedVersion = expectedVersion
        self.reason = reason
    }

    /// Decides, and changes nothing.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Booking> {
        guard let booking = organization.bookings[id] else {
            throw .unknown("booking", id.description, field: "booking_id")
        }
        if booking.stage == .cancelled { return Decision([], booking) }
        let (fee, refund) = try amounts(booking, organization)
        // On the way from In Procedure the card passes Check-in, whatever was begun there.
        let hasBegun =
            booking.stage == .inProcedure || !organization.begunProcedures(of: booking).isEmpty
        var decision: Decision<Booking>
        if cascades, hasBegun {
            decision = try cancelAll(booking, organization, context)
        } else {
            let move = MoveBooking(
                id, expectedVersion: expectedVersion, to: .cancelled, reason: reason)
            decision = try organization.move(
                booking, move, isUndo: false, namesFee: true, context)
        }
        decision.outcome.cancellation?.fee = fee
        decision.outcome.cancellation?.refund = refund
        decision.outcome.deposit?.refunded += refund?.minor ?? 0
        decision.writes[decision.writes.count - 1] = .put(.booking(decision.outcome))
        return decision
    }

    private func amounts(
        _ booking: Booking, _ organization: Organization
    ) throws(Rejection) -> (fee: Money?, refund: Money?) {
        let usual = organization.profile.details.cancellationFee
        let deposit = booking.deposit
        if let deposit, !currency.isEmpty, currency != deposit.amount.currency {
            throw .invalid("currency", "the deposit is in \(deposit.amount.currency)")
        }
        let unit = currency.isEmpty ? deposit?.amount.currency ?? usual?.currency ?? "" : currency
        if (fee ?? 0) > 0, unit.isEmpty { throw .invalid("currency", "is missing") }
        let owed: Money?
        if let fee {
            owed = fee > 0 ? Money(minor: fee, currency: unit) : nil
        } else {
            owed = try organization.usualFee(of: booking, field: "fee_minor")
        }
        guard refund > 0 else { return (owed, nil) }
        let left = deposit.map { $0.isPaid ? $0.amount.minor - $0.refunded : 0 } ?? 0
        guard refund <= left else {
            throw Rejection(
                .refundTooLarge, "\(refund) cannot be refunded: \(left) of the deposit is left"
            ).about(id)
        }
        return (owed, Money(minor: refund, currency: unit))
    }

    /// Cancels what has begun with the booking, which goes back to Check-in on its way.
    private func cancelAll(
        _ old: Booking, _ organization: Organization, _ context: DecisionContext
    ) throws(Rejection) -> Decision<Booking> {
        guard old.stage == .inProcedure || old.stage.successors.contains(.cancelled) else {
            throw Rejection(.stage, "a booking in \(old.stage.label) cannot be cancelled").about(id)
        }
        guard !reason.isEmpty else { throw .invalid("reason", "a cascade needs a reason") }
        try organization.refuseIfLocked(old)
        let writes = organization.endAttachments(
            of: old, reason: Stage.cancelled.detachReason, begun: .cancelled(reason), context)
        try organization.check(version: old.version, expected: expectedVersion, of: id)
        var booking = old
        if booking.stage == .inProcedure {
            booking.enter(.checkIn, at: context.now, by: context.actor, isUndo: true)
        }
        booking.cancellation = Cancellation(
            actor: context.actor, at: context.now, reason: reason)
        booking.enter(.cancelled, at: context.now, by: context.actor, reason: reason)
        booking.version += 1
        return Decision(writes + [.put(.booking(booking))], booking)
    }
}

extension Organization {
    /// What a patient owes for cancelling a booking unless somebody says another fee. A fee and a
    /// refund are set against each other, so it is refused where the deposit is in another
    /// currency: then somebody must say the fee. `field` is where the request would say it.
    func usualFee(of booking: Booking, field: String) throws(Rejection) -> Money? {
        guard let usual = profile.details.cancellationFee else { return nil }
        guard let unit = booking.deposit?.amount.currency, unit != usual.currency else {
            return usual
        }
        throw .invalid(
            field,
            "the usual fee is in \(usual.currency) and the deposit in \(unit): cancel it with a "
                + "fee in \(unit), or with 0")
    }
}
