internal import Intervals
internal import SlotdAPI

func onlyIf(_ condition: Bool, _ word: String) -> String { condition ? word : "" }

/// Empty for no bound.
func cap(_ count: Int32) -> String { count == 0 ? "" : "\(count)" }

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
                .text("days", "on dates", in: .details) { location in
                    location.days.map(DayText.text).joined(separator: "; ")
                },
                .text("closures", "closed", in: .details) { location in
                    location.closures.map(\.text).joined(separator: "; ")
                },
                .text("daily_cap", "at most a day", in: .details) { cap($0.dailyCap) },
                .text("defaults", "services", in: .details) { $0.defaults.text },
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
                RecordField(
                    name: "time_off", title: "time off", place: .details,
                    machine: { timeOff($0, .empty) },
                    human: { provider, directory in Cell(timeOff(provider, directory)) }),
                RecordField(
                    name: "days", title: "on dates", place: .details,
                    machine: { days($0, .empty) },
                    human: { provider, directory in Cell(days(provider, directory)) }),
                .text("daily_cap", "at most a day", in: .details) { cap($0.dailyCap) },
            ])
    }

    private static func timeOff(
        _ provider: Slotd_V1_Provider, _ directory: Directory
    ) -> String {
        provider.timeOff.map { $0.text(directory) }.joined(separator: "; ")
    }

    private static func days(
        _ provider: Slotd_V1_Provider, _ directory: Directory
    ) -> String {
        provider.days.map { "\(directory.name($0.locationID)): \(DayText.text($0.day))" }
            .joined(separator: "; ")
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
    /// As the command line takes it: `2026-12-24 12:00..2026-12-27 00:00,service=Botox`.
    fileprivate func text(_ directory: Directory) -> String {
        var text = LocalStretchText.text(start, end)
        if !locationID.isEmpty { text += ",location=\(directory.name(locationID))" }
        if !serviceID.isEmpty { text += ",service=\(directory.name(serviceID))" }
        return text
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
                .text("merged_into", "merged into", in: .details, \.mergedInto),
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
                .text("shared_buffers", "shared buffers", in: .details) { organization in
                    organization.sharedBuffers.map(\.word).joined(separator: "+")
                },
                .text("patient_overlap", "patient's other visit", in: .details) {
                    $0.patientOverlap.word
                },
                .text("providers_may_extend_hours", "providers' hours", in: .details) {
                    onlyIf($0.providersMayExtendHours, "may extend the location's")
                },
                .text("defaults", "services", in: .details) { $0.defaults.text },
            ])
    }
}
