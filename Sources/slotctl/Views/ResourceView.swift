internal import SlotdAPI

extension RecordView<Slotd_V1_Resource> {
    static var resource: Self {
        RecordView(
            singular: "resource", plural: "resources",
            fields: [
                .text("id", "id", tone: .dim, \.id),
                .text("name", "name", isFlexible: true, \.name),
                .text("kind", "kind") { $0.kind.word },
                RecordField(
                    name: "location_id", title: "location", isFlexible: true,
                    machine: \.locationID,
                    human: { resource, directory in Cell(directory.name(resource.locationID)) }),
                .text("pool", "pool", \.pool),
                .number("units", "units") { Int64($0.units) },
                .text("hours", "hours", in: .details) { HoursText.text($0.hours) },
                .text("outages", "out of use", in: .details) { resource in
                    resource.outages.map(\.text).joined(separator: "; ")
                },
                .text("external_ref", "reference", in: .details, \.externalRef),
                .number("version", "version", in: .details, \.version),
                .text("archived", "archived", in: .details) { onlyIf($0.archived, "archived") },
            ])
    }
}
