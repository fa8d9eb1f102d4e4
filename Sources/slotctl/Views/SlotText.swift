internal import SlotdAPI

/// Slots line by line, for machines.
enum SlotText {
    /// The columns of `rows`.
    static let names = ["start", "end", "provider_id", "provider"]

    /// One line for each provider of a slot.
    static func rows(
        _ slot: Slotd_V1_Slot, _ reply: Slotd_V1_FindSlotsResponse, _ directory: Directory
    ) -> [[String]] {
        let offset = Int(slot.utcOffsetMinutes)
        let start = Moment(slot.start).rfc3339(offsetMinutes: offset)
        let end = Moment(slot.end).rfc3339(offsetMinutes: offset)
        return slot.providers(of: reply.providerIds).map { [start, end, $0, directory.name($0)] }
    }

    /// One slot as a JSON object that can be read by itself: provider ids in place of indexes.
    static func json(_ slot: Slotd_V1_Slot, _ providerIDs: [String]) -> String {
        let providers = slot.providers(of: providerIDs)
        var members = [
            ("start", JSONText.quoted(Moment(slot.start).rfc3339())),
            ("end", JSONText.quoted(Moment(slot.end).rfc3339())),
            ("utcOffsetMinutes", "\(slot.utcOffsetMinutes)"),
            ("providerIds", JSONText.array(providers.map(JSONText.quoted))),
        ]
        if !slot.segments.isEmpty {
            let segments = slot.segments.map { segment in
                JSONText.object([
                    ("start", JSONText.quoted(Moment(segment.start).rfc3339())),
                    ("end", JSONText.quoted(Moment(segment.end).rfc3339())),
                    (
                        "providerIds",
                        JSONText.array(segment.providers(of: providerIDs).map(JSONText.quoted))
                    ),
                ])
            }
            members.append(("segments", JSONText.array(segments)))
        }
        return JSONText.object(members)
    }
}

extension Slotd_V1_Slot {
    /// The ids of those who are free.
    func providers(of ids: [String]) -> [String] {
        providerIndexes.compactMap { ids.indices.contains(Int($0)) ? ids[Int($0)] : nil }
    }
}

extension Slotd_V1_SlotSegment {
    /// The ids of those who are free.
    func providers(of ids: [String]) -> [String] {
        providerIndexes.compactMap { ids.indices.contains(Int($0)) ? ids[Int($0)] : nil }
    }
}
