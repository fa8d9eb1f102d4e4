/// A procedure: what is done, from the open wizard to completion.
public struct Procedure: Identified, Equatable {
    /// Before the digits of its id.
    public static let idPrefix = "procedure"
    /// Names it; sorts by the time at which it was begun.
    public let id: Identifier<Procedure>
    /// Grows by one with each change, from 1.
    public var version: Int64
    /// The client's own name of it, unique among its kind; at most 200 bytes, empty: none.
    public var externalRef: String
    /// On whom. Can be changed only in a draft without a booking.
    public var patient: Identifier<Patient>
    /// What kind; nil: not chosen yet, as only in a draft.
    public var type: Identifier<ProcedureType>?
    /// How it is being filled in.
    public var view: ProcedureView
    /// Where it is in its life.
    public var status: ProcedureStatus
    /// Where it was begun; never changes.
    public var entry: ProcedureEntry
    /// Not for treatment or billing.
    public var isConsultOnly: Bool
    /// A physician's permission is needed to sign it: the type asks for one, or the attached
    /// segment's provider.
    public var mdRequired: Bool
    /// Steps 3 and up, ascending.
    public var steps: [ProcedureStep]
    /// When it was begun, by the daemon's clock; of an import as the source says.
    public var startedAt: Instant
    /// When it ceased to be a draft; nil: not yet.
    public var submittedAt: Instant?
    /// When the treatment was done; nil: not yet.
    public var completedAt: Instant?
    /// From when it is locked.
    public var signature: Signature?
    /// How it ended other than by completion.
    public var ending: ProcedureEnding?
    /// When the booking that it is attached to was last moved in time or to another provider; nil:
    /// not since it was attached.
    public var bookingRescheduledAt: Instant?

    /// A draft of version 1 unless said otherwise.
    public init(
        id: Identifier<Procedure>, version: Int64 = 1, externalRef: String = "",
        patient: Identifier<Patient>, type: Identifier<ProcedureType>?, view: ProcedureView,
        status: ProcedureStatus = .draft, entry: ProcedureEntry, isConsultOnly: Bool = false,
        mdRequired: Bool, steps: [ProcedureStep] = [], startedAt: Instant,
        submittedAt: Instant? = nil, completedAt: Instant? = nil, signature: Signature? = nil,
        ending: ProcedureEnding? = nil, bookingRescheduledAt: Instant? = nil
    ) {
        self.id = id
        self.version = version
        self.externalRef = externalRef
        self.patient = patient
        self.type = type
        self.view = view
        self.status = status
        self.entry = entry
        self.isConsultOnly = isConsultOnly
        self.mdRequired = mdRequired
        self.steps = steps
        self.startedAt = startedAt
        self.submittedAt = submittedAt
        self.completedAt = completedAt
        self.signature = signature
        self.ending = ending
        self.bookingRescheduledAt = bookingRescheduledAt
    }
}

/// How a procedure is filled in: two presentations of one draft.
public enum ProcedureView: UInt8, CaseIterable, Sendable {
    case multiPage = 1
    case singlePage = 2
}

/// A procedure's life (decisions.md of the design, "Procedure life").
public enum ProcedureStatus: UInt8, CaseIterable, Sendable {
    /// The wizard is open.
    case draft = 1
    /// Submitted.
    case inProgress = 2
    /// The treatment is done.
    case completed = 3
    /// Locked: nothing of it changes any more.
    case signed = 4
    /// A draft that was given up.
    case abandoned = 5
    /// Given up after it was submitted.
    case cancelled = 6
    /// It should never have been.
    case enteredInError = 7

    /// The treatment is done, whether or not it is signed.
    public var isDone: Bool { self == .completed || self == .signed }

    /// It was given up: it has no booking, and changes no more but to be marked in error.
    public var isClosed: Bool {
        switch self {
        case .draft, .inProgress, .completed, .signed: false
        case .abandoned, .cancelled, .enteredInError: true
        }
    }
}

/// Who signed a procedure, and on whose permission.
public struct Signature: Equatable, Sendable {
    /// Who did it.
    public var actor: String
    /// When.
    public var at: Instant
    /// The physician who permitted it; empty: none was needed.
    public var permittedBy: String

    /// A value with all of its parts.
    public init(actor: String, at: Instant, permittedBy: String) {
        self.actor = actor
        self.at = at
        self.permittedBy = permittedBy
    }
}

/// How a procedure was abandoned, cancelled or marked in error.
public struct ProcedureEnding: Equatable, Sendable {
    /// Who did it.
    public var actor: String
    /// When.
    public var at: Instant
    /// Why.
    public var reason: String

    /// A value with all of its parts.
    public init(actor: String, at: Instant, reason: String) {
        self.actor = actor
        self.at = at
        self.reason = reason
    }
}

/// Where a procedure was begun.
public enum ProcedureEntry: UInt8, CaseIterable, Sendable {
    case board = 1
    case patient = 2
    case booking = 3
    case form = 4
    case imported = 5
}

/// What is stored of a step of the wizard, 3 or up.
public struct ProcedureStep: Equatable, Sendable {
    /// 3 or up; 1 and 2, patient and booking, are known by the records themselves.
    public var step: Int32
    /// Opaque.
    public var payload: [UInt8]
    /// The client says that the step is valid.
    public var isDone: Bool

    /// At most `Limits.stepPayload` bytes of payload, which is checked where it is saved.
    public init(step: Int32, payload: [UInt8], isDone: Bool) {
        self.step = step
        self.payload = payload
        self.isDone = isDone
    }
}

/// The tie between a procedure and a segment of a booking. History is kept: only the state changes.
public struct Attachment: Identified, Equatable {
    /// Before the digits of its id.
    public static let idPrefix = "attachment"
    /// Names it.
    public let id: Identifier<Attachment>
    /// What is attached.
    public var procedure: Identifier<Procedure>
    /// What it is attached to.
    public var booking: Identifier<Booking>
    /// The booking's segment, 1 for the first.
    public var segment: Int32
    /// The actor who did it.
    public var attachedBy: String
    /// When, by the daemon's clock.
    public var attachedAt: Instant
    /// The stage that attaching moved the booking away from.
    public var movedStageFrom: Stage?
    /// How it ended; nil while it is in force.
    public var detachment: Detachment?

    /// It is in force.
    public var isActive: Bool { detachment == nil }

    /// In force, without having moved the booking, unless said otherwise.
    public init(
        id: Identifier<Attachment>, procedure: Identifier<Procedure>,
        booking: Identifier<Booking>, segment: Int32, attachedBy: String, attachedAt: Instant,
        movedStageFrom: Stage? = nil, detachment: Detachment? = nil
    ) {
        self.id = id
        self.procedure = procedure
        self.booking = booking
        self.segment = segment
        self.attachedBy = attachedBy
        self.attachedAt = attachedAt
        self.movedStageFrom = movedStageFrom
        self.detachment = detachment
    }
}

/// How an attachment ended.
public struct Detachment: Equatable, Sendable {
    /// Who did it.
    public var actor: String
    /// When.
    public var at: Instant
    /// Why, at most 500 bytes; empty where nothing was said.
    public var reason: String
    /// Another attachment of the same procedure took its place.
    public var isSuperseded: Bool

    /// Not superseded unless said otherwise.
    public init(actor: String, at: Instant, reason: String, isSuperseded: Bool = false) {
        self.actor = actor
        self.at = at
        self.reason = reason
        self.isSuperseded = isSuperseded
    }
}
