internal import Engine
internal import Scheduling

@testable internal import Storage

/// A seeded stream of events of a few organizations, and the state that they make by the plainest
/// means: what recovery is compared with.
struct Clinic {
    var seeded: Seeded
    let organizations: [Identifier<OrganizationProfile>]
    /// After each event, in order; the first is the state before all of them.
    private(set) var states: [State] = [State()]
    private(set) var entries: [JournalEntry] = []
    /// Time goes on by a minute an event.
    private var now = Instant(milliseconds: 1_800_000_000_000)

    /// The records, receipts and positions of all organizations.
    struct State: Equatable {
        var records: [RecordKey: Record] = [:]
        var owners: [RecordKey: Identifier<OrganizationProfile>] = [:]
        var receipts: [RecoveredReceipt] = []
        var positions: [Identifier<OrganizationProfile>: Int64] = [:]

        mutating func put(_ record: Record, _ organization: Identifier<OrganizationProfile>) {
            records[record.key] = record
            owners[record.key] = organization
        }

        mutating func apply(_ entry: JournalEntry) {
            let event = entry.event
            for write in event.writes {
                switch write {
                case .put(let record): put(record, entry.organization)
                case .remove(let key):
                    records[key] = nil
                    owners[key] = nil
                }
            }
            if let receipt = event.receipt {
                receipts.append(
                    RecoveredReceipt(
                        organization: entry.organization, actor: event.actor, rpc: event.rpc,
                        at: event.at, receipt: receipt))
            }
            positions[entry.organization] = event.position
        }

        /// The same from recovery's steps.
        mutating func take(_ step: RecoveryStep) {
            switch step {
            case .record(let organization, let record): put(record, organization)
            case .receipt(let receipt): receipts.append(receipt)
            case .checkpoint(let organization, let position): positions[organization] = position
            case .event(let entry): apply(entry)
            }
        }
    }

    init(seed: UInt64, organizations: Int = 3) {
        seeded = Seeded(seed)
        self.organizations = (0..<organizations).map { [seed] index in
            Identifier(value: UInt128(seed) << 64 | UInt128(index + 1))
        }
    }

    var state: State { states[states.count - 1] }

    /// Makes the next events.
    mutating func make(_ count: Int) -> [JournalEntry] {
        (0..<count).map { _ in make() }
    }

    /// Makes one event of these writes.
    mutating func make(
        _ writes: [RecordWrite], in organization: Identifier<OrganizationProfile>? = nil,
        receipt: Receipt? = nil
    ) -> JournalEntry {
        let organization = organization ?? organizations[0]
        now = now.adding(seconds: 60)
        var event = Event(
            position: state.positions[organization, default: 0] + 1, at: now,
            actor: seeded.text(), rpc: "BookingService/CreateBooking", writes: writes,
            receipt: receipt)
        event.reason = seeded.text()
        if seeded.bool(), !writes.isEmpty { event.before = writes.indices.map { Int64($0) + 1 } }
        let entry = JournalEntry(organization: organization, event: event)
        entries.append(entry)
        var next = state
        next.apply(entry)
        states.append(next)
        return entry
    }

    private mutating func make() -> JournalEntry {
        let organization = organizations[Int(seeded.int(0...Int32(organizations.count - 1)))]
        let receipt = seeded.optional {
            Receipt(requestID: $0.text(), fingerprint: $0.next(), reply: $0.bytes())
        }
        guard state.positions[organization] != nil else {
            let profile = seeded.profile(organization.value)
            return make([.put(.organization(profile))], in: organization, receipt: receipt)
        }
        var writes: [RecordWrite] = []
        for _ in 0..<seeded.int(0...4) {
            // Known records are changed or removed about as often as new ones come.
            let known = state.owners.filter { $0.value == organization }.keys.sorted {
                ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id)
            }
            switch seeded.int(0...9) {
            case 0...2:
                if let key = known.randomElement(using: &seeded) {
                    writes.append(.put(seeded.record(key.kind, id: key.id)))
                }
            case 3:
                let removable = known.filter { $0.kind != .organization }
                if let key = removable.randomElement(using: &seeded) { writes.append(.remove(key)) }
            default:
                let kinds = RecordKind.allCases.dropFirst()
                let kind = kinds.randomElement(using: &seeded) ?? .booking
                writes.append(.put(seeded.record(kind)))
            }
        }
        return make(writes, in: organization, receipt: receipt)
    }
}

/// Opens, recovers, and returns the journal with the state that recovery handed over.
func recovered(
    _ path: String, receiptsSince: Instant = Instant(milliseconds: .min),
    limits: StorageLimits = StorageLimits()
) throws(StorageError) -> (journal: SQLiteJournal, state: Clinic.State) {
    var state = Clinic.State()
    let storage = try Storage.open(directory: path, limits: limits)
    let journal = try storage.recover(receiptsSince: receiptsSince) { state.take($0) }
    return (journal, state)
}
