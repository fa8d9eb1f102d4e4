internal import SlotdAPI
internal import SwiftProtobuf

extension Slotd_V1_TrailEvent {
    /// What it changed, a word or two a record: `booking …sn02q 2→3`.
    var changesText: String {
        changes.map(\.words).joined(separator: ", ")
    }

    /// The fields that it changed, one after the other.
    var fieldsText: String {
        changes.flatMap(\.fields).map(\.words).joined(separator: "; ")
    }
}

extension Slotd_V1_RecordChange {
    var words: String {
        let name = "\(kind) …\(recordID.suffix(5))"
        if removed { return "\(name) removed" }
        if beforeVersion == 0 { return "\(name) made" }
        return afterVersion == 0 ? "\(name) changed" : "\(name) \(beforeVersion)→\(afterVersion)"
    }
}

extension Slotd_V1_FieldChange {
    var words: String {
        if redacted { return "\(field) changed (not told)" }
        if before.isEmpty { return "\(field): \(after)" }
        return "\(field): \(before) → \(after.isEmpty ? "nothing" : after)"
    }
}

extension RecordView<Slotd_V1_TrailEvent> {
    /// - Parameter ofRecord: the events are one record's, with its fields.
    static func event(in zone: Zone, ofRecord: Bool) -> Self {
        RecordView(
            singular: "event", plural: "events",
            fields: [
                .number("revision", "revision", \.revision),
                .text("at", "when") { Moment($0.at).rfc3339(in: zone) },
                .text("actor", "who", \.actor),
                .text("rpc", "by", \.rpc),
                .text("changes", "changed", isFlexible: true, \.changesText),
                .text(
                    "fields", "fields", in: ofRecord ? .everywhere : .machine, isFlexible: true,
                    \.fieldsText),
                .text("reason", "why", isFlexible: true, \.reason),
                .text("request_id", "request", in: .machine, \.requestID),
            ])
    }
}
