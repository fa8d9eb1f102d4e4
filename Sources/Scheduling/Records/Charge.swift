/// An amount of money. The core never moves any: it keeps what others reckon with.
public struct Money: Equatable, Sendable {
    /// In the currency's smallest unit, as in cents; 0 to `Limits.amountMinor`.
    public var minor: Int64
    /// Three capital letters, as ISO 4217 has them.
    public var currency: String

    /// So many smallest units of a currency.
    public init(minor: Int64, currency: String) {
        self.minor = minor
        self.currency = currency
    }

    /// Three capital letters; which of them are in use is not looked up.
    public static func isCurrency(_ text: String) -> Bool {
        text.utf8.count == 3 && text.utf8.allSatisfy { (0x41...0x5a).contains($0) }
    }
}

/// What one service costs, and the code that the bill knows it by.
public struct Price: Equatable, Sendable {
    /// How much.
    public var amount: Money
    /// As in a fee schedule; may be empty.
    public var code: String

    /// A price under a code.
    public init(amount: Money, code: String) {
        self.amount = amount
        self.code = code
    }
}

/// What a patient pays, or shall pay, ahead of a visit.
public struct Deposit: Equatable, Sendable {
    /// How much.
    public var amount: Money
    /// It was taken. Once it was, it stays so: what went back is in `refunded`.
    public var isPaid: Bool
    /// What of it was given back, never more than the amount.
    public var refunded: Int64

    /// Some of it is there: it was taken, and not all of it went back.
    public var isHeld: Bool { isPaid && refunded < amount.minor }

    /// A deposit that is paid or still to be paid.
    public init(amount: Money, isPaid: Bool, refunded: Int64 = 0) {
        self.amount = amount
        self.isPaid = isPaid
        self.refunded = refunded
    }
}

/// What a procedure will be, is or was billed for.
///
/// It follows its procedure: planned when a booking is attached, billable when the treatment is
/// done, void when the attachment ends. What was billed is void only by the portal's word.
public struct Charge: Identified, Equatable {
    /// The prefix of its kind's ids.
    public static let idPrefix = "charge"
    /// Which.
    public let id: Identifier<Charge>
    /// Grows by one with each change.
    public var version: Int64
    /// Which procedure.
    public var procedure: Identifier<Procedure>
    /// Which booking.
    public var booking: Identifier<Booking>
    /// The booking's segment, 1 for the first.
    public var segment: Int32
    /// What was booked, and priced when it was attached.
    public var service: Identifier<Service>
    /// What the bill knows it by.
    public var code: String
    /// How many.
    public var quantity: Int32
    /// Of one.
    public var amount: Money
    /// Where it is in its life.
    public var status: ChargeStatus
    /// The bill's own name of it, from when it is billed.
    public var externalRef: String
    /// When it was planned.
    public var createdAt: Instant
    /// When it was billed.
    public var billedAt: Instant?
    /// Why it counts no more.
    public var voidReason: String

    /// A value with all of its parts.
    public init(
        id: Identifier<Charge>, version: Int64 = 1, procedure: Identifier<Procedure>,
        booking: Identifier<Booking>, segment: Int32, service: Identifier<Service>, code: String,
        quantity: Int32 = 1, amount: Money, status: ChargeStatus, externalRef: String = "",
        createdAt: Instant, billedAt: Instant? = nil, voidReason: String = ""
    ) {
        self.id = id
        self.version = version
        self.procedure = procedure
        self.booking = booking
        self.segment = segment
        self.service = service
        self.code = code
        self.quantity = quantity
        self.amount = amount
        self.status = status
        self.externalRef = externalRef
        self.createdAt = createdAt
        self.billedAt = billedAt
        self.voidReason = voidReason
    }
}

/// A charge's life.
public enum ChargeStatus: UInt8, CaseIterable, Sendable {
    /// The treatment is not done yet.
    case planned = 1
    /// It is done, and may be billed.
    case billable = 2
    /// It was a consultation only.
    case notBillable = 3
    /// The portal billed it.
    case billed = 4
    /// It counts no more.
    case void = 5
}
