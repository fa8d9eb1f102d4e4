internal import Intervals
internal import SlotdAPI

private func onlyIf(_ condition: Bool, _ word: String) -> String { condition ? word : "" }

extension RecordView<Slotd_V1_Location> {
    static var location: Self {
        RecordView(
            singular: "location", plural: "locations",
            fields: [
                .text("id", "id", tone: .dim, \.id),
                .text("name", "name", isFlexible: true, \.name),
                .text("time_zone", "time zone", \.timeZone),
                .text("hours", "hours", isFlexible: true) { HoursText.text($0.hours) },
                .text("external_ref", "reference", in: .details, \.externalRef),
                .number("version", "version", in: .details, \.version),
                .text("archived", "archived", in: .details) { onlyIf($0.archived, "archived") },
            ])
    }
}

extension RecordView<Slotd_V1_Provider> {
    static var provider: Self {
        RecordView(
            singular: "provider", plural: "providers",
            fields: [
                .text("id", "id", tone: .dim, \.id),
                .text("name", "name", isFlexible: true, \.name),
                .text("external_ref", "reference", isFlexible: true, \.externalRef),
                .text("disabled", "disabled") { onlyIf($0.disabled, "disabled") },
                .text("md_required", "MD") { onlyIf($0.mdRequired, "MD permission required") },
                .number("version", "version", in: .details, \.version),
                RecordField(
                    name: "schedules", title: "hours", place: .details,
                    machine: { hours($0, .empty) },
                    human: { provider, directory in Cell(hours(provider, directory)) }),
                .text("time_off", "time off", in: .details) { provider in
                    provider.timeOff.map(\.text).joined(separator: "; ")
                },
            ])
    }

    private static func hours(
        _ provider: Slotd_V1_Provider, _ directory: Directory
    ) -> String {
        provider.schedules.map { schedule in
            var text = "\(directory.name(schedule.locationID)): \(HoursText.text(schedule.hours))"
            if let first = LocalDate(schedule.effectiveStart) { text += " from \(first)" }
            if let last = LocalDate(schedule.effectiveEnd) { text += " until \(last)" }
            return text
        }.joined(separator: "; ")
    }
}

extension Slotd_V1_TimeOff {
    /// As the command line takes it: `2026-12-24 00:00..2026-12-27 00:00`.
    var text: String { "\(start.text)..\(end.text)" }
}

extension Slotd_V1_LocalDateTime {
    fileprivate var text: String {
        "\(LocalDate(date)?.description ?? "?") \(clockText(minute: Int(minute)))"
    }
}

extension RecordView<Slotd_V1_Service> {
    static var service: Self {
        RecordView(
            singular: "service", plural: "services",
            fields: [
                .text("id", "id", tone: .dim, \.id),
                .text("name", "name", isFlexible: true, \.name),
                .text("durations_minutes", "minutes") { service in
                    service.durationsMinutes.map { "\($0)" }.joined(separator: " ")
                },
                .text("buffers_minutes", "buffers") { service in
                    "\(service.bufferBeforeMinutes)+\(service.bufferAfterMinutes)"
                },
                .number("step_minutes", "step") { Int64($0.stepMinutes) },
                .number("notice_minutes", "notice") { Int64($0.noticeMinutes) },
                .number("horizon_days", "horizon") {
                    Int64($0.hasHorizonDays ? $0.horizonDays : 180)
                },
                .number("provider_count", "providers") { Int64($0.providerIds.count) },
                .text("external_ref", "reference", in: .details, \.externalRef),
                .number("version", "version", in: .details, \.version),
                .text("archived", "archived", in: .details) { onlyIf($0.archived, "archived") },
                .text("provider_ids", "performed by", in: .details) {
                    $0.providerIds.joined(separator: " ")
                },
            ])
    }
}

extension RecordView<Slotd_V1_ProcedureType> {
    static var procedureType: Self {
        RecordView(
            singular: "procedureType", plural: "procedureTypes",
            fields: [
                .text("id", "id", tone: .dim, \.id),
                .text("name", "name", isFlexible: true, \.name),
                .number("step_count", "steps") { Int64($0.stepCount) },
                .text("md_required", "MD") { onlyIf($0.mdRequired, "MD permission required") },
                .number("service_count", "services") { Int64($0.serviceIds.count) },
                .text("external_ref", "reference", in: .details, \.externalRef),
                .number("version", "version", in: .details, \.version),
                .text("archived", "archived", in: .details) { onlyIf($0.archived, "archived") },
                .text("service_ids", "for services", in: .details) {
                    $0.serviceIds.joined(separator: " ")
                },
            ])
    }
}

extension RecordView<Slotd_V1_Patient> {
    static var patient: Self {
        RecordView(
            singular: "patient", plural: "patients",
            fields: [
                .text("id", "id", tone: .dim, \.id),
                .text("name", "name", isFlexible: true, \.name),
                .text("birth_date", "born") { LocalDate($0.birthDate)?.description ?? "" },
                .text("phone", "phone", isFlexible: true, \.phone),
                .text("email", "email", isFlexible: true, \.email),
                .text("external_ref", "reference", in: .details, \.externalRef),
                .number("version", "version", in: .details, \.version),
            ])
    }
}

extension RecordView<Slotd_V1_Organization> {
    static var organization: Self {
        RecordView(
            singular: "organization", plural: "organizations",
            fields: [
                .text("id", "id", tone: .dim, \.id),
                .text("name", "name", isFlexible: true, \.name),
                .text("external_ref", "reference", \.externalRef),
                .text("active_procedures_per_segment", "procedures per segment") {
                    let count = $0.hasActiveProceduresPerSegment ? $0.activeProceduresPerSegment : 1
                    return count == 0 ? "any" : "\(count)"
                },
                .number("no_show_grace_minutes", "no-show grace (min)") {
                    Int64($0.hasNoShowGraceMinutes ? $0.noShowGraceMinutes : 15)
                },
                .number("version", "version", in: .details, \.version),
            ])
    }
}
