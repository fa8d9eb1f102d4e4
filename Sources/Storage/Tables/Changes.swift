internal import Engine
internal import Scheduling

/// What a stretch of the journal changes, with only the last value of each record: a whole number
/// of batches, so that the tables are always a prefix of the journal.
struct Changes {
    /// The last value; nil for a record that is gone.
    private(set) var records: [RecordKey: Change] = [:]
    /// In the order of commit.
    private(set) var receipts: [ReceiptRow] = []
    /// Every entry, in the order of commit: none of them is overwritten.
    private(set) var trail: [TrailRow] = []
    /// How far each organization gets.
    private(set) var positions: [Identifier<OrganizationProfile>: Int64] = [:]
    /// The links at those positions, where there are any.
    private(set) var hashes: [Identifier<OrganizationProfile>: ChainHash] = [:]
    /// How far the journal gets.
    private(set) var sequence: Int64 = 0
    /// When the latest of the events was decided.
    private(set) var latest = Instant(milliseconds: .min)

    struct Change {
        var organization: Identifier<OrganizationProfile>
        /// Nil: removed.
        var record: Record?
    }

    /// Where an entry stands, and by what it is found.
    struct TrailRow {
        var sequence: Int64
        var organization: Identifier<OrganizationProfile>
        var position: Int64
        var subjects: Set<TrailSubject>
    }

    struct ReceiptRow {
        var sequence: Int64
        var organization: Identifier<OrganizationProfile>
        var actor: String
        var rpc: String
        var at: Instant
        var receipt: Receipt
    }

    init(_ batches: [CommittedBatch]) {
        for batch in batches {
            var sequence = batch.firstSequence
            for entry in batch.entries {
                add(entry, sequence)
                sequence += 1
            }
            hashes.merge(batch.heads) { $1 }
        }
    }

    /// Keys in the order to be written in: kind by kind, and by id within a kind, which is the
    /// order of the tables' keys. Attachments that are no longer in force come before those that
    /// are, so that a procedure that changes hands never has two for a moment.
    var orderedKeys: [RecordKey] {
        records.keys
            .map { (isLast: isActiveAttachment($0), key: $0) }
            .sorted { left, right in
                if left.key.kind != right.key.kind {
                    return left.key.kind.rawValue < right.key.kind.rawValue
                }
                if left.isLast != right.isLast { return right.isLast }
                return left.key.id < right.key.id
            }
            .map(\.key)
    }

    private func isActiveAttachment(_ key: RecordKey) -> Bool {
        guard key.kind == .attachment, case .attachment(let attachment) = records[key]?.record
        else { return false }
        return attachment.isActive
    }

    private mutating func add(_ entry: JournalEntry, _ sequence: Int64) {
        let event = entry.event
        trail.append(
            TrailRow(
                sequence: sequence, organization: entry.organization, position: event.position,
                subjects: event.subjects))
        for write in event.writes {
            switch write {
            case .put(let record):
                records[record.key] = Change(organization: entry.organization, record: record)
            case .remove(let key):
                records[key] = Change(organization: entry.organization, record: nil)
            }
        }
        if let receipt = event.receipt {
            receipts.append(
                ReceiptRow(
                    sequence: sequence, organization: entry.organization, actor: event.actor,
                    rpc: event.rpc, at: event.at, receipt: receipt))
        }
        positions[entry.organization] = event.position
        self.sequence = sequence
        latest = max(latest, event.at)
    }
}
