internal import SlotdAPI

/// What a reason of the API means and what to do about it, for `explain error` and for rows that
/// cannot be chosen. A test holds `all` against the API's list, so that no reason stays
/// unexplained.
struct ReasonText: Equatable, Sendable {
    let reason: Slotd_V1_Reason
    /// The API's word, without its prefix.
    let word: String
    /// The gRPC status code that carries it.
    var code = "FAILED_PRECONDITION"
    /// A few words for a table's row.
    let short: String
    /// What happened.
    let meaning: String
    /// What to do about it.
    let remedy: String

    /// The text of a reason; nil for none, and for one that is newer than this program.
    init?(_ reason: Slotd_V1_Reason) {
        guard let found = Self.all.first(where: { $0.reason == reason }) else { return nil }
        self = found
    }

    /// The text of the reason that is spelled so; letter case, dashes and the API's prefix do not
    /// matter.
    init?(word: String) {
        var wanted = word.uppercased().replacing("-", with: "_")
        if wanted.hasPrefix("REASON_") { wanted.removeFirst("REASON_".count) }
        guard let found = Self.all.first(where: { $0.word == wanted }) else { return nil }
        self = found
    }

    init(
        _ reason: Slotd_V1_Reason, _ word: String, code: String = "FAILED_PRECONDITION",
        short: String, meaning: String, remedy: String
    ) {
        self.reason = reason
        self.word = word
        self.code = code
        self.short = short
        self.meaning = meaning
        self.remedy = remedy
    }

    /// All of them, in the API's order.
    static let all =
        ofRequests + ofSlots + ofBookings + ofMoves + ofProcedures
        + ofCharges + ofTheDaemon
}

extension ReasonText {
    /// What can be wrong with a request.
    private static let ofRequests = [
        ReasonText(
            .invalidValue, "INVALID_VALUE", code: "INVALID_ARGUMENT", short: "invalid value",
            meaning: "A value is malformed or out of its range.",
            remedy: "Mend the field that the error names."),
        ReasonText(
            .keyReused, "KEY_REUSED", code: "INVALID_ARGUMENT", short: "request id used before",
            meaning: "The request id was used before, with another request.",
            remedy: "Leave --request-id away, or make a new one for a new request."),
        ReasonText(
            .unknownRecord, "UNKNOWN_RECORD", code: "NOT_FOUND", short: "unknown",
            meaning: "There is no such record in this organization.",
            remedy: "Check the id, and --org: records of other organizations cannot be seen."),
        ReasonText(
            .unknownOrganization, "UNKNOWN_ORGANIZATION", code: "NOT_FOUND",
            short: "unknown organization",
            meaning: "There is no such organization.",
            remedy: "See `slotctl org list`."),
        ReasonText(
            .externalRefTaken, "EXTERNAL_REF_TAKEN", code: "ALREADY_EXISTS",
            short: "reference taken",
            meaning: "The external reference belongs to another record of this kind.",
            remedy: "Choose another, or look at the record that has it: `show ref:REFERENCE`."),
        ReasonText(
            .versionMismatch, "VERSION_MISMATCH", code: "ABORTED", short: "changed meanwhile",
            meaning: "Somebody changed the record after it was read.",
            remedy: "Show it again, decide again, and repeat with its present version."),
    ]
}

extension ReasonText {
    /// Why a time cannot be booked, in the order in which the rules are asked.
    private static let ofSlots = [
        ReasonText(
            .locationInactive, "LOCATION_INACTIVE", short: "location archived",
            meaning: "The location is archived: nothing new is booked there.",
            remedy: "Book at another location, or bring this one back: `location update "
                + "--archived false`."),
        ReasonText(
            .providerDisabled, "PROVIDER_DISABLED", short: "provider disabled",
            meaning: "The provider is disabled: nothing new is booked with them.",
            remedy: "Choose another provider, or leave --provider away to get any."),
        ReasonText(
            .serviceNotOffered, "SERVICE_NOT_OFFERED", short: "service not offered",
            meaning: "The service is archived, or this provider does not perform it.",
            remedy: "See who performs it: `slotctl service show SERVICE`."),
        ReasonText(
            .durationNotOffered, "DURATION_NOT_OFFERED", code: "INVALID_ARGUMENT",
            short: "duration not offered",
            meaning: "The service is not offered with this duration.",
            remedy: "Choose one of its durations: `slotctl service show SERVICE`."),
        ReasonText(
            .locationClosed, "LOCATION_CLOSED", short: "location closed",
            meaning: "The location is closed at this time.",
            remedy: "Choose a time in its hours: `slotctl location show LOCATION`."),
        ReasonText(
            .outsideHours, "OUTSIDE_HOURS", short: "outside hours",
            meaning: "The provider does not work at this time.",
            remedy: "Choose a free start: `slotctl slots find`."),
        ReasonText(
            .timeOff, "TIME_OFF", short: "time off",
            meaning: "The provider has time off.",
            remedy: "Choose another time, or another provider."),
        ReasonText(
            .slotTaken, "SLOT_TAKEN", short: "slot taken",
            meaning: "Another booking has the time.",
            remedy: "Take the next free start that the error names, or `slotctl slots find`."),
        ReasonText(
            .slotHeld, "SLOT_HELD", short: "slot held",
            meaning: "Somebody else's hold has the time, until it expires.",
            remedy: "Try again when the hold expires, or choose another start."),
        ReasonText(
            .buffer, "BUFFER", short: "buffer does not fit",
            meaning: "The visit itself would fit, the minutes kept free around it do not.",
            remedy: "Choose a start a little further from its neighbors."),
        ReasonText(
            .offStep, "OFF_STEP", short: "not on the step",
            meaning: "The start is not on the service's step.",
            remedy: "Choose a start that `slotctl slots find` offers; a walk-in may start at any "
                + "minute."),
        ReasonText(
            .tooSoon, "TOO_SOON", short: "too soon",
            meaning: "The start is past, or sooner than the service's notice allows.",
            remedy: "Choose a later start; if the patient is here now, book with --walk-in."),
        ReasonText(
            .tooFar, "TOO_FAR", short: "too far ahead",
            meaning: "The start lies beyond the service's horizon.",
            remedy: "Choose an earlier start, or widen the horizon: `service update "
                + "--horizon-days`."),
        ReasonText(
            .resourceOut, "RESOURCE_OUT", short: "room or device out of use",
            meaning: "A room, device or further provider that the service takes is out of use at "
                + "this time.",
            remedy: "Choose another time, or see when it is: `slotctl resource show RESOURCE`."),
        ReasonText(
            .resourceTaken, "RESOURCE_TAKEN", short: "no room or device free",
            meaning: "Too few of the rooms, devices or further providers that the service takes "
                + "are free.",
            remedy: "Take the next free start that the error names, or `slotctl slots find`."),
        ReasonText(
            .dailyCap, "DAILY_CAP", short: "day is full",
            meaning: "As many bookings start on that local day as the provider, the service or "
                + "the location takes.",
            remedy: "Choose another day."),
        ReasonText(
            .patientOverlap, "PATIENT_OVERLAP", short: "patient has another visit",
            meaning: "The patient has another visit at this time.",
            remedy: "Choose another time, or move the other visit."),
        ReasonText(
            .overrideNotAllowed, "OVERRIDE_NOT_ALLOWED", code: "PERMISSION_DENIED",
            short: "override not allowed",
            meaning: "Your role may not break this rule.",
            remedy: "Choose a time that needs no override, or ask somebody whose role may."),
        ReasonText(
            .strandedBookings, "STRANDED_BOOKINGS", short: "bookings in the way",
            meaning: "The change would leave bookings outside hours, and it was asked to be "
                + "refused then.",
            remedy: "Move the bookings that the error names first."),
        ReasonText(
            .zoneShifted, "ZONE_SHIFTED", short: "zone's rules changed",
            meaning: "The rules of the location's zone have changed since it was booked: its local "
                + "time is another than was agreed.",
            remedy: "Ask the patient, and move it: `slotctl booking reschedule`."),
        ReasonText(
            .holdExpired, "HOLD_EXPIRED", short: "hold expired",
            meaning: "The hold has expired and its time is gone, or --fail-if-expired was given.",
            remedy: "Find another slot and hold it again."),
        ReasonText(
            .holdMismatch, "HOLD_MISMATCH", short: "hold does not match",
            meaning: "The hold does not cover what is asked.",
            remedy: "Leave the other flags away when --hold is given, or make them agree with it."),
        ReasonText(
            .tooManyHolds, "TOO_MANY_HOLDS", code: "RESOURCE_EXHAUSTED", short: "too many holds",
            meaning: "The owner has too many live holds.",
            remedy: "Release some: `slotctl hold release HOLD`; or wait until they expire."),
        ReasonText(
            .holdLifetime, "HOLD_LIFETIME", short: "hold too old",
            meaning: "The hold has lived as long as one may, renewals included.",
            remedy: "Let it expire and hold the slot again."),
    ]
}

extension ReasonText {
    /// Why a booking cannot go where it shall.
    private static let ofBookings = [
        ReasonText(
            .stage, "STAGE", short: "stage does not allow it",
            meaning: "The booking's stage does not allow this.",
            remedy: "See where it stands: `slotctl booking show BOOKING`; move it first: "
                + "`booking move`."),
        ReasonText(
            .cancelled, "CANCELLED", short: "cancelled",
            meaning: "The booking is cancelled.",
            remedy: "Choose another, or restore it: `slotctl booking move BOOKING new`."),
        ReasonText(
            .procedureActive, "PROCEDURE_ACTIVE", short: "procedure has begun",
            meaning: "The booking's procedure has begun, so it can neither move in time nor be "
                + "cancelled; nor can its card go back to Check-in by itself.",
            remedy: "Detach the procedure first, while it is a draft: `slotctl procedure detach`; "
                + "a card goes back with `booking move --override procedure-active --reason WHY`."),
        ReasonText(
            .notStartedYet, "NOT_STARTED_YET", short: "visit not begun",
            meaning: "The visit has not begun, so the patient cannot have missed it yet.",
            remedy: "Wait until its start and the organization's grace minutes have passed."),
        ReasonText(
            .procedureOpen, "PROCEDURE_OPEN", short: "procedure not completed",
            meaning: "A procedure of the booking is not completed.",
            remedy: "Complete it: `slotctl procedure complete PROCEDURE`."),
    ]
}

extension ReasonText {
    /// Why a procedure and a booking do not come together.
    private static let ofProcedures = [
        ReasonText(
            .alreadyAttached, "ALREADY_ATTACHED", short: "has a procedure",
            meaning: "The booking has a procedure already.",
            remedy: "Open that procedure, or detach it first: `slotctl procedure detach`."),
        ReasonText(
            .procedureAttached, "PROCEDURE_ATTACHED", short: "procedure has a booking",
            meaning: "The procedure is attached to another booking.",
            remedy: "Detach it from there first: `slotctl procedure detach`."),
        ReasonText(
            .patientMismatch, "PATIENT_MISMATCH", short: "another patient's",
            meaning: "The booking belongs to another patient than the procedure.",
            remedy: "Choose one of the patient's bookings: `slotctl procedure attachable`."),
        ReasonText(
            .segmentNeeded, "SEGMENT_NEEDED", short: "segment needed",
            meaning: "The booking has several segments, and the request names none.",
            remedy: "Name one with --segment."),
        ReasonText(
            .notAttached, "NOT_ATTACHED", short: "no booking attached",
            meaning: "The procedure has no booking.",
            remedy: "Attach one: `slotctl procedure attach`."),
        ReasonText(
            .procedureStatus, "PROCEDURE_STATUS", short: "procedure status",
            meaning: "The procedure's status does not allow this.",
            remedy: "See it: `slotctl procedure show PROCEDURE`."),
        ReasonText(
            .stepIncomplete, "STEP_INCOMPLETE", short: "earlier step missing",
            meaning: "An earlier step of the wizard is not valid yet.",
            remedy: "Save the current step first: `slotctl procedure save-step`."),
        ReasonText(
            .wrongServiceForType, "WRONG_SERVICE_FOR_TYPE", short: "for another procedure type",
            meaning: "The booking's service leads to other procedure types than this procedure's.",
            remedy: "A warning: check that this is the right booking."),
        ReasonText(
            .otherLocation, "OTHER_LOCATION", short: "at another location",
            meaning: "The booking is at another location than the one that was asked for.",
            remedy: "Choose one that is there, or ask for all locations."),
        ReasonText(
            .patientMerged, "PATIENT_MERGED", short: "merged already",
            meaning: "The patient was merged into another one, whom its names mean from then on.",
            remedy: "Merge that one, if it is the same person: `slotctl patient show PATIENT`."),
        ReasonText(
            .procedureTypeInactive, "PROCEDURE_TYPE_INACTIVE", short: "procedure type archived",
            meaning: "The procedure type is archived.",
            remedy: "Choose another: `slotctl procedure-type list`."),
    ]
}

extension ReasonText {
    /// What can be wrong with the daemon.
    private static let ofTheDaemon = [
        ReasonText(
            .testClockOff, "TEST_CLOCK_OFF", short: "no test clock",
            meaning: "The daemon runs by the real clock, which no call moves.",
            remedy: "Only a daemon that was started with --test-clock on a directory of its own "
                + "has another."),
        ReasonText(
            .storageFull, "STORAGE_FULL", code: "RESOURCE_EXHAUSTED", short: "disk full",
            meaning: "The daemon's disk is full: writes are refused, reads are served.",
            remedy: "Make room on the disk; the daemon takes writes again by itself."),
        ReasonText(
            .storageFailed, "STORAGE_FAILED", code: "UNAVAILABLE", short: "storage failed",
            meaning: "The journal failed, and whether the change was kept is not known.",
            remedy: "Repeat the call with the same --request-id once the daemon is back: it "
                + "tells."),
        ReasonText(
            .overloaded, "OVERLOADED", code: "UNAVAILABLE", short: "overloaded",
            meaning: "The daemon is stopping, or has more to do than it can.",
            remedy: "Try again a little later."),
        ReasonText(
            .resync, "RESYNC", code: "OUT_OF_RANGE", short: "watch cannot go on",
            meaning: "A watch cannot go on from this revision: it lies in the future, or too far "
                + "back.",
            remedy: "Watch again without a revision: the stream begins with a snapshot."),
        ReasonText(
            .tooManyWatchers, "TOO_MANY_WATCHERS", code: "RESOURCE_EXHAUSTED",
            short: "too many watch",
            meaning: "As many calls watch this organization as may.",
            remedy: "End watches that nobody looks at, or try again later."),
    ]
}
