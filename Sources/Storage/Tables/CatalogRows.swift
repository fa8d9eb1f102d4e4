internal import Intervals
internal import SQLite
internal import Scheduling

extension OrganizationProfile: TableRow {
    static let columns = [
        "version", "external_ref", "name", "active_procedures_per_segment",
        "no_show_grace_minutes", "created_at_unix_ms",
    ]
    var values: [Value] {
        [
            .integer(version), .reference(details.externalRef), .text(details.name),
            .number(details.activeProceduresPerSegment), .number(details.noShowGrace),
            .milliseconds(details.createdAt),
        ]
    }
}

extension Location: TableRow {
    static let columns = ["version", "external_ref", "name", "time_zone", "is_archived"]
    var values: [Value] {
        [
            .integer(version), .reference(details.externalRef), .text(details.name),
            .text(details.timeZone), .flag(details.isArchived),
        ]
    }
}

extension Provider: TableRow {
    static let columns = ["version", "external_ref", "name", "is_disabled", "md_required"]
    var values: [Value] {
        [
            .integer(version), .reference(details.externalRef), .text(details.name),
            .flag(details.isDisabled), .flag(details.mdRequired),
        ]
    }
}

extension Service: TableRow {
    static let columns = [
        "version", "external_ref", "name", "duration_minutes", "buffer_before_minutes",
        "buffer_after_minutes", "is_archived",
    ]
    var values: [Value] {
        [
            .integer(version), .reference(details.externalRef), .text(details.name),
            details.durations.first.map { .number($0) } ?? .null,
            .number(details.bufferBefore ?? 0), .number(details.bufferAfter ?? 0),
            .flag(details.isArchived),
        ]
    }
}

extension Resource: TableRow {
    static let columns = [
        "version", "external_ref", "name", "kind", "location", "pool", "units", "is_archived",
    ]
    var values: [Value] {
        [
            .integer(version), .reference(details.externalRef), .text(details.name),
            .text(details.kind.columnText), .id(details.location), .reference(details.pool),
            .number(details.units), .flag(details.isArchived),
        ]
    }
}

extension ResourceKind {
    /// The kind as the API spells it.
    fileprivate var columnText: String {
        switch self {
        case .provider: "PROVIDER"
        case .room: "ROOM"
        case .device: "DEVICE"
        }
    }
}

extension ProcedureType: TableRow {
    static let columns = [
        "version", "external_ref", "name", "step_count", "md_required", "is_archived",
    ]
    var values: [Value] {
        [
            .integer(version), .reference(details.externalRef), .text(details.name),
            .number(details.stepCount), .flag(details.mdRequired), .flag(details.isArchived),
        ]
    }
}

extension Patient: TableRow {
    static let columns = [
        "version", "external_ref", "name", "birth_date", "phone", "email", "merged_into",
    ]
    var values: [Value] {
        [
            .integer(version), .reference(details.externalRef), .text(details.name),
            details.birthDate.map { .text($0.description) } ?? .null,
            .text(details.phone), .text(details.email), .id(mergedInto),
        ]
    }
}
