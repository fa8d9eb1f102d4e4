/// A procedure: what is done, from the open wizard to completion.
public struct Procedure: Identified, Equatable {
    public static let idPrefix = "procedure"
    public let id: Identifier<Procedure>
    public var version: Int64
    public var externalRef: String
    public var patient: Identifier<Patient>
    public var type: Identifier<ProcedureType>?
    public var view: ProcedureView
    public var status: ProcedureStatus
    public var entry: ProcedureEntry
    public var isConsultOnly: Bool
    public var mdRequired: Bool
    /// Steps 3 and up, ascending.
    public var steps: [ProcedureStep]
    public var startedAt: Instant
    public var submittedAt: Instant?
    public var completedAt: Instant?

    public init(
        id: Identifier<Procedure>, version: Int64 = 1, externalRef: String = "",
        patient: Identifier<Patient>, type: Identifier<ProcedureType>?, view: ProcedureView,
        status: ProcedureStatus = .draft, entry: ProcedureEntry, isConsultOnly: Bool = false,
        mdRequired: Bool, steps: [ProcedureStep] = [], startedAt: Instant,
        submittedAt: Instant? = nil, completedAt: Instant? = nil
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
    }
}

/// How a procedure is filled in: two presentations of one draft.
public enum ProcedureView: UInt8, CaseIterable, Sendable {
    case multiPage = 1
    case singlePage = 2
}

/// A procedure's life.
public enum ProcedureStatus: UInt8, CaseIterable, Sendable {
    case draft = 1
    case inProgress = 2
    case completed = 3
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
    public var step: Int32
    /// Opaque.
    public var payload: [UInt8]
    /// The client says that the step is valid.
    public var isDone: Bool

    public init(step: Int32, payload: [UInt8], isDone: Bool) {
        self.step = step
        self.payload = payload
        self.isDone = isDone
    }
}

/// The tie between a procedure and a segment of a booking. History is kept: only the state changes.
public struct Attachment: Identified, Equatable {
    public static let idPrefix = "attachment"
    public let id: Identifier<Attachment>
    public var procedure: Identifier<Procedure>
    public var booking: Identifier<Booking>
    /// The booking's segment, 1 for the first.
    public var segment: Int32
    public var attachedBy: String
    public var attachedAt: Instant
    /// The stage that attaching moved the booking away from.
    public var movedStageFrom: Stage?
    public var detachment: Detachment?

    /// It is in force.
    public var isActive: Bool { detachment == nil }

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
    public var actor: String
    public var at: Instant
    public var reason: String

    public init(actor: String, at: Instant, reason: String) {
        self.actor = actor
        self.at = at
        self.reason = reason
    }
}
