/// The portal billed a charge. Billing it again under the same name changes nothing.
public struct MarkBilled: Command {
    /// Which charge.
    public var charge: Identifier<Charge>
    /// The version that it must have; 0: any.
    public var expectedVersion: Int64
    /// The bill's own name of it.
    public var externalRef: String

    /// Names all that it needs.
    public init(_ charge: Identifier<Charge>, expectedVersion: Int64, externalRef: String) {
        self.charge = charge
        self.expectedVersion = expectedVersion
        self.externalRef = externalRef
    }

    /// Decides, and changes nothing.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Charge> {
        guard var charge = organization.charges[charge] else {
            throw .unknown("charge", self.charge.description, field: "charge_id")
        }
        if charge.status == .billed, charge.externalRef == externalRef {
            return Decision([], charge)
        }
        guard charge.status == .billable else {
            throw Rejection(.chargeStatus, charge.status.whyNotBilled).about(charge.id)
        }
        try organization.check(version: charge.version, expected: expectedVersion, of: charge.id)
        charge.status = .billed
        charge.externalRef = externalRef
        charge.billedAt = context.now
        charge.version += 1
        return Decision([.put(.charge(charge))], charge)
    }
}

/// A charge counts no more, billed or not. One that is void already stays as it is.
public struct VoidCharge: Command {
    /// Which charge.
    public var charge: Identifier<Charge>
    /// The version that it must have; 0: any.
    public var expectedVersion: Int64
    /// Why.
    public var reason: String

    /// Names all that it needs.
    public init(_ charge: Identifier<Charge>, expectedVersion: Int64, reason: String) {
        self.charge = charge
        self.expectedVersion = expectedVersion
        self.reason = reason
    }

    /// Decides, and changes nothing.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Charge> {
        guard let charge = organization.charges[charge] else {
            throw .unknown("charge", self.charge.description, field: "charge_id")
        }
        if charge.status == .void { return Decision([], charge) }
        try organization.check(version: charge.version, expected: expectedVersion, of: charge.id)
        let void = charge.voided(reason)
        return Decision([.put(.charge(void))], void)
    }
}

/// Says what a patient pays ahead of a visit, or that it was paid. Once it was taken, it stays.
public struct SetDeposit: Command {
    /// Which booking.
    public var booking: Identifier<Booking>
    /// The version that it must have; 0: any.
    public var expectedVersion: Int64
    /// How much.
    public var amount: Money
    /// It was taken.
    public var isPaid: Bool

    /// Names all that it needs.
    public init(
        _ booking: Identifier<Booking>, expectedVersion: Int64, amount: Money, isPaid: Bool
    ) {
        self.booking = booking
        self.expectedVersion = expectedVersion
        self.amount = amount
        self.isPaid = isPaid
    }

    /// Decides, and changes nothing.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Booking> {
        guard var booking = organization.bookings[booking] else {
            throw .unknown("booking", self.booking.description, field: "booking_id")
        }
        let old = booking.deposit
        if let old, old.amount == amount, old.isPaid == isPaid, old.isHeld == isPaid {
            return Decision([], booking)
        }
        // What went back altogether can be taken again, but that it was taken is not forgotten.
        guard old?.isPaid != true || old?.isHeld == false && isPaid && amount.minor > 0 else {
            throw Rejection(.depositPaid, "the deposit has been taken").about(booking.id)
        }
        guard booking.stage.takesDeposit else {
            throw Rejection(.stage, "the booking is in \(booking.stage.label)").about(booking.id)
        }
        try organization.check(
            version: booking.version, expected: expectedVersion, of: booking.id)
        booking.deposit = amount.minor == 0 ? nil : Deposit(amount: amount, isPaid: isPaid)
        guard booking.deposit != old else { return Decision([], booking) }
        booking.version += 1
        return Decision([.put(.booking(booking))], booking)
    }
}

extension ChargeStatus {
    fileprivate var whyNotBilled: String {
        switch self {
        case .planned: "the treatment is not done"
        case .notBillable: "it was a consultation only"
        case .billed: "it has been billed under another name"
        case .void: "it is void"
        case .billable: "it can be billed"
        }
    }
}
