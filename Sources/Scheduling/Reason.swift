/// Why something is refused, or why a row cannot be chosen: one closed list for errors,
/// explanations and overrides, in the API's spelling (`slotd.v1.Reason`, whose comments say what
/// each means).
public enum Reason: UInt8, CaseIterable, Sendable {
    case invalidValue = 1
    case keyReused = 2
    case unknownRecord = 3
    case unknownOrganization = 4
    case externalRefTaken = 5
    case versionMismatch = 6
    case locationInactive = 10
    case providerDisabled = 11
    case serviceNotOffered = 12
    case durationNotOffered = 13
    case locationClosed = 14
    case outsideHours = 15
    case timeOff = 16
    case slotTaken = 17
    case slotHeld = 18
    case buffer = 19
    case offStep = 20
    case tooSoon = 21
    case tooFar = 22
    case resourceOut = 23
    case resourceTaken = 24
    case dailyCap = 25
    case patientOverlap = 26
    case overrideNotAllowed = 27
    case strandedBookings = 28
    case zoneShifted = 29
    case holdExpired = 30
    case holdMismatch = 31
    case tooManyHolds = 32
    case testClockOff = 33
    case holdLifetime = 34
    case stage = 40
    case cancelled = 41
    case procedureActive = 42
    case notStartedYet = 43
    case procedureOpen = 44
    case nothingToUndo = 45
    case procedureSigned = 46
    case chargeBilled = 47
    case chargeOpen = 48
    case bulkRefused = 49
    case alreadyAttached = 50
    case procedureAttached = 51
    case patientMismatch = 52
    case segmentNeeded = 53
    case notAttached = 54
    case procedureStatus = 55
    case stepIncomplete = 56
    case wrongServiceForType = 57
    case procedureTypeInactive = 58
    case mdPermission = 59
    case chargeStatus = 60
    case refundTooLarge = 61
    case depositPaid = 62
    case otherLocation = 63
    case patientMerged = 64
    case storageFull = 70
    case storageFailed = 71
    case overloaded = 72
    case resync = 90
    case tooManyWatchers = 91
}

/// A refusal: the reason, in words, and what a caller needs to go on.
public struct Rejection: Error, Equatable, Sendable {
    /// Which rule said no.
    public var reason: Reason
    /// The same in words, for a person.
    public var message: String
    /// The path of the request's field that is wrong, as in `booking.start`.
    public var field: String?
    /// The record it is about: kind and id.
    public var resource: Resource?
    /// The ids of the records that stand in the way.
    public var blocking: [String] = []
    /// The next start that passes, in minutes since 1970 UTC.
    public var nextFree: Int32?
    /// When to try again.
    public var retryAt: Instant?
    /// The version that the record has.
    public var currentVersion: Int64?
    /// Anything has changed since the slot was found; nil where the caller does not say when it
    /// was.
    public var isSlotStale: Bool?
    /// What is wrong with each of several records that were to change together.
    public var failures: [Failure] = []

    /// Why one of several records cannot change.
    public struct Failure: Equatable, Sendable {
        /// The record.
        public var id: String
        /// Which rule said no.
        public var reason: Reason
        /// The same in words.
        public var message: String
        /// The version that the record has, where another one was expected.
        public var currentVersion: Int64?

        /// One record's refusal.
        public init(id: String, reason: Reason, message: String, currentVersion: Int64? = nil) {
            self.id = id
            self.reason = reason
            self.message = message
            self.currentVersion = currentVersion
        }
    }

    /// The record that a refusal is about.
    public struct Resource: Equatable, Sendable {
        /// As in `booking`.
        public var kind: String
        /// In the form that the caller used.
        public var id: String

        /// Names a record by its kind and id.
        public init(kind: String, id: String) {
            self.kind = kind
            self.id = id
        }
    }

    /// A refusal for this reason.
    public init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    /// A value of the request is malformed or out of its range.
    public static func invalid(_ field: String, _ message: String) -> Rejection {
        var rejection = Rejection(.invalidValue, "\(field): \(message)")
        rejection.field = field
        return rejection
    }

    /// No such record in this organization.
    public static func unknown(_ kind: String, _ id: String, field: String? = nil) -> Rejection {
        var rejection = Rejection(.unknownRecord, "no \(kind) \(id)")
        rejection.resource = Resource(kind: kind, id: id)
        rejection.field = field
        return rejection
    }

    /// The same refusal, about this record.
    func about<Record>(_ id: Identifier<Record>) -> Rejection {
        var copy = self
        copy.resource = Resource(kind: Record.idPrefix, id: id.description)
        return copy
    }
}
