internal import Intervals
internal import SQLite
internal import Scheduling

extension Booking: TableRow {
    /// Provider and service are the first segment's.
    static let columns = [
        "version", "external_ref", "patient", "location", "provider", "service", "stage",
        "start_unix_seconds", "end_unix_seconds", "time_zone", "created_by", "created_at_unix_ms",
        "cancelled_at_unix_ms",
    ]
    var values: [Value] {
        [
            .integer(version), .reference(externalRef), .id(patient), .id(location),
            .id(segments[0].provider), .id(segments[0].service), .text(stage.columnText),
            .seconds(start), .seconds(end), .text(timeZone), .text(createdBy),
            .milliseconds(createdAt), .milliseconds(cancellation?.at),
        ]
    }
}

extension Hold: TableRow {
    /// As in bookings.
    static let columns = [
        "owner", "patient", "location", "provider", "service", "start_unix_seconds",
        "end_unix_seconds", "created_at_unix_ms", "expires_at_unix_ms",
    ]
    var values: [Value] {
        [
            .text(owner), .id(patient), .id(location), .id(segments[0].provider),
            .id(segments[0].service), .seconds(start), .seconds(end), .milliseconds(createdAt),
            .milliseconds(expiresAt),
        ]
    }
}

extension Procedure: TableRow {
    static let columns = [
        "version", "external_ref", "patient", "type", "status", "is_consult_only",
        "started_at_unix_ms", "submitted_at_unix_ms", "completed_at_unix_ms",
    ]
    var values: [Value] {
        [
            .integer(version), .reference(externalRef), .id(patient), .id(type),
            .text(status.columnText), .flag(isConsultOnly), .milliseconds(startedAt),
            .milliseconds(submittedAt), .milliseconds(completedAt),
        ]
    }
}

extension Attachment: TableRow {
    static let columns = [
        "procedure", "booking", "segment", "attached_by", "attached_at_unix_ms",
        "detached_at_unix_ms",
    ]
    var values: [Value] {
        [
            .id(procedure), .id(booking), .number(segment), .text(attachedBy),
            .milliseconds(attachedAt), .milliseconds(detachment?.at),
        ]
    }
}

extension Charge: TableRow {
    static let columns = [
        "version", "procedure", "booking", "segment", "service", "code", "quantity",
        "amount_minor", "currency", "status", "external_ref", "created_at_unix_ms",
        "billed_at_unix_ms",
    ]
    var values: [Value] {
        [
            .integer(version), .id(procedure), .id(booking), .number(segment), .id(service),
            .text(code), .number(quantity), .integer(amount.minor), .text(amount.currency),
            .text(status.columnText), .reference(externalRef), .milliseconds(createdAt),
            .milliseconds(billedAt),
        ]
    }
}

extension Stage {
    /// The stage as the API spells it.
    fileprivate var columnText: String {
        switch self {
        case .waitlist: "WAITLIST"
        case .new: "NEW"
        case .confirmed: "CONFIRMED"
        case .checkIn: "CHECK_IN"
        case .inProcedure: "IN_PROCEDURE"
        case .billing: "BILLING"
        case .checkout: "CHECKOUT"
        case .noShow: "NO_SHOW"
        case .cancelled: "CANCELLED"
        case .archived: "ARCHIVED"
        }
    }
}

extension ProcedureStatus {
    /// The status as the API spells it.
    fileprivate var columnText: String {
        switch self {
        case .draft: "DRAFT"
        case .inProgress: "IN_PROGRESS"
        case .completed: "COMPLETED"
        case .signed: "SIGNED"
        case .abandoned: "ABANDONED"
        case .cancelled: "CANCELLED"
        case .enteredInError: "ENTERED_IN_ERROR"
        }
    }
}

extension ChargeStatus {
    /// The status as the API spells it.
    fileprivate var columnText: String {
        switch self {
        case .planned: "PLANNED"
        case .billable: "BILLABLE"
        case .notBillable: "NOT_BILLABLE"
        case .billed: "BILLED"
        case .void: "VOID"
        }
    }
}

extension WaitlistEntry: TableRow {
    static let columns = [
        "version", "patient", "location", "service", "earliest_unix_seconds",
        "latest_unix_seconds", "priority", "status", "hold", "booking", "created_by",
        "created_at_unix_ms",
    ]
    var values: [Value] {
        [
            .integer(version), .id(patient), .id(location), .id(segments[0].service),
            .seconds(earliest), .seconds(latest), .number(priority), .text("\(status)"),
            .id(hold), .id(booking), .text(createdBy), .milliseconds(createdAt),
        ]
    }
}
