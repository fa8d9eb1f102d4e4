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
        return slot.providers(of: reply).map { [start, end, $0, directory.name($0)] }
    }

    /// One slot as a JSON object that can be read by itself: provider ids in place of indexes.
    static func json(_ slot: Slotd_V1_Slot, _ providerIDs: [String]) -> String {
        let providers = slot.providerIndexes.compactMap {
            providerIDs.indices.contains(Int($0)) ? providerIDs[Int($0)] : nil
        }
        return JSONText.object([
            ("start", JSONText.quoted(Moment(slot.start).rfc3339())),
            ("end", JSONText.quoted(Moment(slot.end).rfc3339())),
            ("utcOffsetMinutes", "\(slot.utcOffsetMinutes)"),
            ("providerIds", JSONText.array(providers.map(JSONText.quoted))),
        ])
    }
}

extension Slotd_V1_Slot {
    /// The ids of those who are free.
    func providers(of reply: Slotd_V1_FindSlotsResponse) -> [String] {
        providerIndexes.compactMap {
            reply.providerIds.indices.contains(Int($0)) ? reply.providerIds[Int($0)] : nil
        }
    }
}
