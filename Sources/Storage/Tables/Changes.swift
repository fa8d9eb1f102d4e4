internal import Engine
internal import Scheduling

/// What a stretch of the journal changes: a whole number of batches, so that the tables are always
/// a prefix of the journal. Of each record only the last value counts; receipts and the trail are
/// kept of every entry.
///
/// It holds the entries as they came and knows where among them a record was written last: nothing
/// is copied.
struct Changes {
    /// The stretch, in the order of commit.
    let batches: [CommittedBatch]
    /// Where each record was written last.
    private var last: [RecordKey: Place] = [:]
    /// How far each organization gets.
    private(set) var positions: [Identifier<OrganizationProfile>: Int64] = [:]
    /// The links at those positions, where there are any.
    private(set) var hashes: [Identifier<OrganizationProfile>: ChainHash] = [:]
    /// When the latest of the events was decided.
    private(set) var latest = Instant(milliseconds: .min)

    /// How far the journal gets.
    var sequence: Int64 { batches.last?.lastSequence ?? 0 }

    /// Where a write stands.
    struct Place {
        var batch: Int32
        var entry: Int32
        var write: Int32
    }

    init(_ batches: [CommittedBatch]) {
        self.batches = batches
        last.reserveCapacity(batches.reduce(0) { $0 + Tables.records(in: $1.entries) })
        for batch in batches.indices {
            for entry in batches[batch].entries.indices { add(batch, entry) }
            hashes.merge(batches[batch].heads) { $1 }
        }
    }

    /// The entry of a write.
    func entry(at place: Place) -> JournalEntry {
        batches[Int(place.batch)].entries[Int(place.entry)]
    }

    /// The last writes, in the order in which to make them: kind by kind, and by id within a kind,
    /// which is the order of the tables' keys. Attachments that are no longer in force come before
    /// those that are, so that a procedure that changes hands never has two for a moment.
    var ordered: [Place] {
        last
            .map { key, place in (isLast: isActiveAttachment(key, place), key: key, place: place) }
            .sorted { left, right in
                if left.key.kind != right.key.kind {
                    return left.key.kind.rawValue < right.key.kind.rawValue
                }
                if left.isLast != right.isLast { return right.isLast }
                return left.key.id < right.key.id
            }
            .map(\.place)
    }

    private func isActiveAttachment(_ key: RecordKey, _ place: Place) -> Bool {
        guard key.kind == .attachment,
            case .put(.attachment(let attachment)) = entry(at: place).event.writes[Int(place.write)]
        else { return false }
        return attachment.isActive
    }

    private mutating func add(_ batch: Int, _ entry: Int) {
        let organization = batches[batch].entries[entry].organization
        let event = batches[batch].entries[entry].event
        for index in event.writes.indices {
            last[event.writes[index].key] = Place(
                batch: Int32(batch), entry: Int32(entry), write: Int32(index))
        }
        positions[organization] = event.position
        latest = max(latest, event.at)
    }
}
