internal import SlotdAPI

extension RecordView<Slotd_V1_Service> {
    static var service: Self {
        RecordView(singular: "service", plural: "services", fields: identity + times + rules)
    }

    private static var identity: [RecordField<Slotd_V1_Service>] {
        [
            .text("id", "id", tone: .dim, \.id),
            .text("name", "name", isFlexible: true, \.name),
            .text("durations_minutes", "minutes") { service in
                service.durationsMinutes.map { "\($0)" }.joined(separator: " ")
            },
            .text("buffers_minutes", "buffers") { service in
                // A dash is the location's or the organization's.
                let before = service.hasBufferBeforeMinutes ? service.bufferBeforeMinutes : nil
                let after = service.hasBufferAfterMinutes ? service.bufferAfterMinutes : nil
                return before == nil && after == nil
                    ? "" : "\(before.map { "\($0)" } ?? "-")+\(after.map { "\($0)" } ?? "-")"
            },
        ]
    }

    private static var times: [RecordField<Slotd_V1_Service>] {
        [
            // What a service does not say is told with its location and organization.
            .number("step_minutes", "step") { $0.stepMinutes == 0 ? nil : Int64($0.stepMinutes) },
            .number("notice_minutes", "notice") {
                $0.hasNoticeMinutes ? Int64($0.noticeMinutes) : nil
            },
            .number("horizon_days", "horizon") {
                $0.hasHorizonDays ? Int64($0.horizonDays) : nil
            },
            .number("provider_count", "providers") { Int64($0.providerIds.count) },
            .text("external_ref", "reference", in: .details, \.externalRef),
            .number("version", "version", in: .details, \.version),
            .text("archived", "archived", in: .details) { onlyIf($0.archived, "archived") },
            RecordField(
                name: "provider_ids", title: "performed by", place: .details,
                machine: { $0.providerIds.joined(separator: " ") },
                human: { service, directory in
                    Cell(service.providerIds.map(directory.name).joined(separator: ", "))
                }),
        ]
    }

    private static var rules: [RecordField<Slotd_V1_Service>] {
        [
            .text("anchor", "steps from", in: .details) { $0.anchor.word },
            .text("phases_minutes", "processing+finishing", in: .details) { service in
                onlyIf(
                    service.processingMinutes + service.finishingMinutes > 0,
                    "\(service.processingMinutes)+\(service.finishingMinutes)")
            },
            .text("provider_phases", "provider is busy", in: .details) {
                onlyIf(!$0.providerPhases.isEmpty, $0.providerPhases.words)
            },
            .text("buffers_inside_hours", "buffers", in: .details) {
                onlyIf($0.buffersInsideHours, "inside hours")
            },
            named("requirements", "requires") { service, directory in
                service.requirements.map { $0.text(directory) }.joined(separator: "; ")
            },
            named("variants", "variants") { service, directory in
                service.variants.map { $0.text(directory) }.joined(separator: "; ")
            },
            .text("daily_cap", "at most a day", in: .details) { cap($0.dailyCap) },
            .text("capacity", "at a time", in: .details) { service in
                onlyIf(service.capacity > 1, "\(service.capacity) \(service.capacityRule.word)")
            },
            .text("assignment", "assigned", in: .details) { $0.assignment.word },
        ]
    }

    private static func named(
        _ name: String, _ title: String,
        _ text: @escaping (Slotd_V1_Service, Directory) -> String
    ) -> RecordField<Slotd_V1_Service> {
        RecordField(
            name: name, title: title, place: .details, machine: { text($0, .empty) },
            human: { service, directory in Cell(text(service, directory)) })
    }
}

extension Slotd_V1_Requirement {
    /// As the command line takes it.
    fileprivate func text(_ directory: Directory) -> String {
        var text: String
        if !pool.isEmpty {
            text = "pool:\(pool)"
        } else if !resourceID.isEmpty {
            text = "resource:\(directory.name(resourceID))"
        } else {
            text = "provider:" + providerIds.map(directory.name).joined(separator: "+")
        }
        if quantity > 1 { text += ",quantity=\(quantity)" }
        if !phases.isEmpty { text += ",phases=\(phases.words)" }
        return text
    }
}

extension Slotd_V1_ServiceVariant {
    /// As the command line takes it.
    fileprivate func text(_ directory: Directory) -> String {
        var parts: [String] = []
        if !providerID.isEmpty { parts.append("provider=\(directory.name(providerID))") }
        if !locationID.isEmpty { parts.append("location=\(directory.name(locationID))") }
        if !durationsMinutes.isEmpty {
            parts.append(
                "durations=" + durationsMinutes.map { "\($0)" }.joined(separator: "+"))
        }
        parts += ruleTexts
        if hasProcessingMinutes { parts.append("processing=\(processingMinutes)") }
        if hasFinishingMinutes { parts.append("finishing=\(finishingMinutes)") }
        if !providerPhases.isEmpty { parts.append("phases=\(providerPhases.words)") }
        if hasCapacity { parts.append("capacity=\(capacity)") }
        if capacityRule != .unspecified { parts.append("capacity-rule=\(capacityRule.word)") }
        if hasDailyCap { parts.append("daily-cap=\(dailyCap)") }
        return parts.joined(separator: ",")
    }
}
