/// Where a booking stands on the board (procedures.md of the design names them as the portal does).
public enum Stage: UInt8, CaseIterable, Sendable {
    case waitlist = 1
    case new = 2
    case confirmed = 3
    case checkIn = 4
    case inProcedure = 5
    case billing = 6
    case checkout = 7
    case noShow = 8
    case cancelled = 9
    case archived = 10

    /// A booking in this stage keeps its provider's time.
    public var occupies: Bool {
        switch self {
        case .new, .confirmed, .checkIn, .inProcedure, .billing, .checkout: true
        case .waitlist, .noShow, .cancelled, .archived: false
        }
    }

    /// A deposit can be asked for and taken.
    var takesDeposit: Bool {
        switch self {
        case .cancelled, .noShow, .archived: false
        case .waitlist, .new, .confirmed, .checkIn, .inProcedure, .billing, .checkout: true
        }
    }

    /// What the portal calls it.
    public var label: String {
        switch self {
        case .waitlist: "Waitlist"
        case .new: "New"
        case .confirmed: "Confirmed"
        case .checkIn: "Check-in"
        case .inProcedure: "In Procedure"
        case .billing: "Billing"
        case .checkout: "Checkout"
        case .noShow: "No Show"
        case .cancelled: "Cancelled"
        case .archived: "Archived"
        }
    }

    /// The stages that a booking may be moved to from here; guards of their own may still refuse.
    /// Leaving ARCHIVED means going back to where the booking was, which its history tells.
    public var successors: [Stage] {
        switch self {
        case .waitlist: [.new, .cancelled, .archived]
        case .new: [.confirmed, .checkIn, .noShow, .cancelled, .waitlist, .archived]
        case .confirmed: [.checkIn, .noShow, .cancelled, .archived]
        case .checkIn: [.inProcedure, .confirmed, .cancelled, .noShow, .archived]
        case .inProcedure: [.billing, .checkIn]
        case .billing: [.checkout, .inProcedure]
        case .checkout: [.archived, .billing]
        case .noShow, .cancelled: [.new, .confirmed, .archived]
        case .archived: Stage.allCases.filter { $0 != .archived }
        }
    }
}
