internal import SlotdAPI

extension Slotd_V1_Stage {
    /// Those that a booking can be in, in the board's order.
    static let known: [Slotd_V1_Stage] = allCases.filter { $0 != .unspecified }

    /// The word on the command line and in TSV and CSV: `check-in`.
    var word: String {
        switch self {
        case .unspecified: ""
        case .waitlist: "waitlist"
        case .new: "new"
        case .confirmed: "confirmed"
        case .checkIn: "check-in"
        case .inProcedure: "in-procedure"
        case .billing: "billing"
        case .checkout: "checkout"
        case .noShow: "no-show"
        case .cancelled: "cancelled"
        case .archived: "archived"
        case .UNRECOGNIZED(let number): "stage-\(number)"
        }
    }

    /// What the portal calls it.
    var label: String {
        switch self {
        case .unspecified: ""
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
        case .UNRECOGNIZED(let number): "Stage \(number)"
        }
    }

    /// How it stands out.
    var tone: Tone {
        switch self {
        case .checkIn: .warning
        case .inProcedure: .accent
        case .billing, .checkout: .good
        case .noShow, .cancelled: .bad
        case .archived, .waitlist: .dim
        case .unspecified, .new, .confirmed, .UNRECOGNIZED: .plain
        }
    }

    /// Reads the word, however it is spelled: `check-in`, `CHECK_IN`, `checkin`.
    init?(word: String) {
        func bare(_ text: String) -> String {
            text.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
        }
        var wanted = bare(word)
        if wanted.hasPrefix("stage") { wanted.removeFirst("stage".count) }
        guard let stage = Self.known.first(where: { bare($0.word) == wanted }) else { return nil }
        self = stage
    }
}

extension Slotd_V1_ProcedureStatus {
    static let known: [Slotd_V1_ProcedureStatus] = allCases.filter { $0 != .unspecified }

    /// The word on the command line and in TSV and CSV.
    var word: String {
        switch self {
        case .unspecified: ""
        case .draft: "draft"
        case .inProgress: "in-progress"
        case .completed: "completed"
        case .signed: "signed"
        case .abandoned: "abandoned"
        case .cancelled: "cancelled"
        case .enteredInError: "entered-in-error"
        case .UNRECOGNIZED(let number): "status-\(number)"
        }
    }

    /// How it stands out.
    var tone: Tone {
        switch self {
        case .draft: .warning
        case .inProgress: .accent
        case .completed, .signed: .good
        case .abandoned, .cancelled, .enteredInError: .dim
        case .unspecified, .UNRECOGNIZED: .plain
        }
    }

    /// Reads the word: `in-progress`, `IN_PROGRESS`.
    init?(word: String) {
        let wanted = word.lowercased().replacing("_", with: "-")
        guard let status = Self.known.first(where: { $0.word == wanted }) else { return nil }
        self = status
    }
}

extension Slotd_V1_ProcedureEntry {
    /// Where the procedure was begun, in a word.
    var word: String {
        switch self {
        case .unspecified: ""
        case .board: "board"
        case .patient: "patient"
        case .booking: "booking"
        case .form: "form"
        case .import: "import"
        case .UNRECOGNIZED(let number): "entry-\(number)"
        }
    }
}

extension Slotd_V1_ProcedureView {
    /// How it is filled in, in words.
    var word: String {
        switch self {
        case .unspecified: ""
        case .multiPage: "multi-page"
        case .singlePage: "single-page"
        case .UNRECOGNIZED(let number): "view-\(number)"
        }
    }
}

extension Slotd_V1_Reason {
    /// The API's word, without its prefix; a number for a reason newer than this program.
    var word: String { ReasonText(self)?.word ?? (rawValue == 0 ? "" : "REASON_\(rawValue)") }

    /// A few words for a person.
    var short: String { ReasonText(self)?.short ?? word }
}
