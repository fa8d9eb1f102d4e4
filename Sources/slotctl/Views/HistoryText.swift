internal import SlotdAPI
internal import SwiftProtobuf

/// A booking's or procedure's history for people: a line for each event, beneath it what changed.
struct HistoryText {
    var events: [Slotd_V1_TrailEvent]
    var zone: Zone
    var directory = Directory.empty

    /// Fields that only count, or repeat what others say.
    private static let silent: Set<String> = [
        "id", "version", "stage_history", "utc_offset_minutes",
    ]
    /// Bytes of a value that a line shows.
    private static let valueMax = 60

    func lines(paint: Paint) -> [String] {
        events.flatMap { event in [head(event, paint)] + changes(event, paint) }
    }

    private func head(_ event: Slotd_V1_TrailEvent, _ paint: Paint) -> String {
        let reading = zone.reading(Moment(event.at))
        var line = "\(reading.day.spelledOut) \(reading.clock)  \(plainText(event.rpc))"
        line += paint.dim(" by ") + plainText(event.actor)
        if !event.reason.isEmpty { line += paint.dim(": ") + plainText(event.reason) }
        return line + paint.dim("  revision \(event.revision)")
    }

    private func changes(_ event: Slotd_V1_TrailEvent, _ paint: Paint) -> [String] {
        event.changes.filter { !$0.fields.isEmpty || $0.removed }.flatMap { change in
            if change.removed { return ["    \(change.words)"] }
            return [paint.dim("    \(change.words)")]
                + change.fields.filter { !Self.silent.contains($0.field) }
                .map { "      " + plainText(text($0)) }
        }
    }

    private func text(_ change: Slotd_V1_FieldChange) -> String {
        if change.redacted { return change.words }
        let (before, after) = (value(change.before), value(change.after))
        if before.isEmpty { return "\(change.field): \(after)" }
        return "\(change.field): \(before) → \(after.isEmpty ? "nothing" : after)"
    }

    /// A value without its quotes, ids as names, and not too long.
    private func value(_ json: String) -> String {
        var text = json
        if text.hasPrefix("\""), text.hasSuffix("\""), text.count >= 2 {
            text = String(text.dropFirst().dropLast())
        }
        text = directory.name(text)
        return text.count <= Self.valueMax ? text : text.prefix(Self.valueMax - 1) + "…"
    }
}

extension Session {
    /// Shows the history of a record: as lines for people, as events for machines.
    func showHistory(
        of id: String, in zone: Zone, _ directory: Directory
    ) async throws(CommandFailure) {
        let events = try await api.all(
            Methods.AdminService.listEvents, .with { $0.recordID = id })
        guard output.format.isForPeople else {
            return try output.list(events, as: .event(in: zone, ofRecord: true))
        }
        guard !events.isEmpty else { return output.note(output.paint.dim("Nothing found.")) }
        HistoryText(events: events, zone: zone, directory: directory)
            .lines(paint: output.paint).forEach(output.writeLine)
    }
}
