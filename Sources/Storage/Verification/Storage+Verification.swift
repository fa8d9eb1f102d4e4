public import Engine
internal import Intervals
internal import SQLite
public import Scheduling

extension Storage {
    /// Compares everything that is stored with everything else that is stored, and returns what
    /// does not fit, at most `findingsMax` of it. An empty list is the good answer.
    ///
    /// 1. Both files are sound by SQLite's own check.
    /// 2. The journal has no gaps: not in its numbers, not in any organization's positions.
    /// 3. Every record of the tables is what the journal, up to their checkpoint, made of it last.
    /// 4. The occupancies are what the records say.
    /// 5. Each organization's hash chain holds from where it begins, is that of the tables'
    ///    checkpoint there, and that of each anchor; and nothing is missing that was acknowledged.
    /// 6. The index of the trail is what the journal, up to the checkpoint, makes of it.
    /// 7. Where two occupancies of a provider overlap, the two records let them; holds that expired
    ///    before `now`, or before what a development directory's clock shows, do not count.
    ///
    /// For a storage that is open and not recovered. Costs a pass over both files, and 32 bytes of
    /// memory per record. Throws when a file cannot be read to its end.
    ///
    /// - Parameter anchors: links that were kept elsewhere. The files of the directory vouch for
    /// one
    ///   another, but whoever can write to all of them can make them agree; not so with an anchor.
    public func verify(
        now: Instant, anchors: [ChainAnchor] = [], findingsMax: Int = 1000
    ) throws(StorageError) -> [Finding] {
        let journal = try Connection.open(directory.journal, .journal)
        let tables = try Connection.open(directory.tables, .tables)
        var reader = try JournalReader(journal)
        var verifier = Verifier(tables, anchors: anchors, findingsMax: findingsMax)
        try verifier.checkEnd(mark: { () throws(StorageError) in
            try checkMark(reader, try reader.lastSequence())
        })
        try verifier.checkFile(journal)
        try verifier.checkFile(tables)
        try verifier.replay(&reader)
        try verifier.checkRecords()
        try verifier.checkOverlaps(now: verifier.testClock ?? now)
        return verifier.findings
    }
}

/// What `verify` knows so far.
private struct Verifier {
    private let tables: Connection
    private let findingsMax: Int
    private(set) var findings: [Finding] = []
    /// What a development directory's clock shows.
    private(set) var testClock: Instant?
    /// Checksum of what each record should be, as of the tables' checkpoint.
    private var expected: [RecordKey: UInt64] = [:]
    /// What each entry must be that the tables or an anchor vouch for, by organization and
    /// position.
    private var promised: [Promise: [ChainHash]] = [:]

    private struct Promise: Hashable {
        var organization: String
        var position: Int64
    }

    init(_ tables: Connection, anchors: [ChainAnchor], findingsMax: Int) {
        self.tables = tables
        self.findingsMax = findingsMax
        for anchor in anchors {
            let place = Promise(organization: anchor.organization, position: anchor.position)
            promised[place, default: []].append(anchor.hash)
        }
    }

    /// Sees whether the journal reaches as far as it once did.
    mutating func checkEnd(mark: () throws(StorageError) -> Void) throws(StorageError) {
        do { try mark() } catch {
            switch error {
            case .commitsLost(_, let last, let promised):
                add(.commitsLost(last: last, promised: promised))
            case .journalReplaced(_, let sequence): add(.journalReplaced(sequence: sequence))
            default: throw error
            }
        }
        for (organization, head) in try TablesReader(tables).heads() {
            guard let hash = head.hash else { continue }
            let place = Promise(
                organization: organization.description, position: head.position)
            promised[place, default: []].append(hash)
        }
    }

    /// Has SQLite check a file.
    mutating func checkFile(_ connection: Connection) throws(StorageError) {
        let words = try connection.reporting { () throws(SQLiteError) in
            let statement = try connection.prepare("PRAGMA integrity_check(100)")
            var words: [String] = []
            while try statement.step() { words.append(statement.text(0)) }
            return words
        }
        for line in words where line != "ok" { add(.damaged(file: connection.path, line)) }
    }

    /// Reads the whole journal, follows its chains, and remembers what the tables should hold.
    mutating func replay(_ reader: inout JournalReader) throws(StorageError) {
        let checkpoint = try TablesReader(tables).sequence
        var last: Int64 = 0
        var chains: [Identifier<OrganizationProfile>: ChainCheck] = [:]
        var link = ChainLink()
        var found: [Finding] = []
        var records: [RecordKey: UInt64] = [:]
        let tables = tables
        let index = try tables.reporting { () throws(SQLiteError) in
            try TrailIndexCheck(tables)
        }
        var promised = promised
        try reader.forEach(after: 0) { organization, row throws(StorageError) in
            if row.sequence != last + 1 { found.append(.entryMissing(sequence: last + 1)) }
            last = row.sequence
            let name = row.organization
            var chain = chains[organization] ?? ChainCheck()
            if row.position != chain.position + 1 {
                found.append(
                    .gap(organization: name, expected: chain.position + 1, found: row.position))
            }
            if let kind = chain.take(row, &link) {
                found.append(.chain(.init(organization: name, position: row.position, kind)))
            }
            chains[organization] = chain
            let place = Promise(organization: name, position: row.position)
            if let hashes = promised.removeValue(forKey: place),
                hashes.contains(where: { $0 != chain.hash })
            {
                found.append(
                    .chain(.init(organization: name, position: row.position, .anchorDiffers)))
            }
            guard row.sequence <= checkpoint else { return }
            var subjects: Set<TrailSubject>?
            do throws(MalformedRecord) {
                let event = try row.event()
                subjects = event.subjects
                Verifier.take(event.writes, into: &records)
            } catch {
                found.append(
                    .unreadable(organization: name, position: row.position, error.reason))
            }
            found += try tables.reporting { () throws(SQLiteError) in
                try index.take(row, of: organization, subjects)
            }
        }
        found += try tables.reporting { () throws(SQLiteError) in try index.finish() }
        found += Verifier.missing(promised)
        for finding in found.prefix(findingsMax) { add(finding) }
        expected = records
    }

    private static func take(_ writes: [RecordWrite], into records: inout [RecordKey: UInt64]) {
        for write in writes {
            switch write {
            case .put(let record): records[record.key] = checksum(record)
            case .remove(let key): records[key] = nil
            }
        }
    }

    /// What was promised, and never came.
    private static func missing(_ promised: [Promise: [ChainHash]]) -> [Finding] {
        promised.keys.sorted { $0.position < $1.position }.map { place in
            .chain(
                .init(
                    organization: place.organization, position: place.position, .anchorMissing))
        }
    }

    /// Compares the tables with what the journal made, and the occupancies with the tables.
    mutating func checkRecords() throws(StorageError) {
        let reader = try TablesReader(tables)
        var found: [Finding] = []
        var clocks: [Instant] = []
        var left = expected
        var occupancies: Int64 = 0
        let occupancy = try prepare(VerificationStatements.countOccupancy)
        for kind in RecordKind.allCases {
            try reader.forEachRecord(kind) { _, record throws(StorageError) in
                let id = record.key.idText
                if case .organization(let profile) = record, let clock = profile.testClock {
                    clocks.append(clock)
                }
                switch left.removeValue(forKey: record.key) {
                case nil: found.append(.recordUnexpected(id: id))
                case Verifier.checksum(record): break
                case .some: found.append(.recordDiffers(id: id))
                }
                occupancies += Int64(record.occupancies.count)
                for time in record.occupancies {
                    occupancy.bind(id, at: 1)
                    occupancy.bind(Int64(time.segment), at: 2)
                    occupancy.bind(time.provider.description, at: 3)
                    occupancy.bind(.seconds(time.interval.start), at: 4)
                    occupancy.bind(.seconds(time.interval.end), at: 5)
                    let isThere = try tables.reporting { () throws(SQLiteError) in
                        try occupancy.step()
                    }
                    if !isThere { found.append(.occupancyDiffers(owner: id)) }
                    occupancy.reset()
                }
            }
        }
        testClock = clocks.max()
        for key in left.keys { found.append(.recordMissing(id: key.idText)) }
        let stored = try tables.reporting { () throws(SQLiteError) in
            try tables.integer(VerificationStatements.countOccupancies) ?? 0
        }
        if stored != occupancies {
            found.append(.occupancyDiffers(owner: "\(stored - occupancies) rows too many: nobody"))
        }
        for finding in found.prefix(findingsMax) { add(finding) }
    }

    /// Looks for overlaps: in order of start, each is held against those before it that have not
    /// ended. The rows only say where to look; whether two may overlap, the records say.
    mutating func checkOverlaps(now: Instant) throws(StorageError) {
        let statement = try prepare(VerificationStatements.occupanciesInOrder)
        statement.bind(now.milliseconds, at: 1)
        let owners = Owners(tables: tables)
        var provider = ""
        var open: [(owner: String, end: Int64)] = []
        while try tables.reporting({ () throws(SQLiteError) in try statement.step() }) {
            let (start, end) = (statement.integer(1), statement.integer(2))
            let owner = statement.text(3)
            if statement.text(0) != provider {
                provider = statement.text(0)
                open = []
            }
            open.removeAll { $0.end <= start }
            for other in open where other.owner != owner {
                guard try owners.clash(other.owner, owner) else { continue }
                add(
                    .overlap(
                        provider: provider, first: other.owner, second: owner,
                        atUnixSeconds: start))
            }
            open.append((owner, end))
        }
    }

    private mutating func add(_ finding: Finding) {
        if findings.count < findingsMax { findings.append(finding) }
    }

    private func prepare(_ sql: String) throws(StorageError) -> Statement {
        do { return try tables.prepare(sql) } catch {
            throw StorageError(error, file: tables.path)
        }
    }

    private static func checksum(_ record: Record) -> UInt64 {
        Checksum(record.encoded).value
    }
}

/// Bookings and holds by the text of their ids.
private struct Owners {
    let tables: Connection

    /// Whether two of them overlap against the rules; true when that cannot be told, as one of them
    /// is not there to read.
    func clash(_ first: String, _ second: String) throws(StorageError) -> Bool {
        guard let first = try record(first), let second = try record(second) else { return true }
        return first.clashes(with: second)
    }

    private func record(_ id: String) throws(StorageError) -> Record? {
        try tables.reporting { () throws(SQLiteError) in
            let statement = try tables.prepare(
                id.hasPrefix(Hold.idPrefix)
                    ? VerificationStatements.hold : VerificationStatements.booking)
            statement.bind(id, at: 1)
            guard try statement.step() else { return nil }
            return statement.withBytes(0) { bytes in
                try? StoredRecord(encoded: bytes).record()
            }
        }
    }
}

/// The SQL of the verification.
private enum VerificationStatements {
    static let countOccupancy = """
        SELECT 1 FROM occupancies WHERE owner = ?1 AND segment = ?2 AND provider = ?3
            AND start_unix_seconds = ?4 AND end_unix_seconds = ?5
        """
    static let countOccupancies = "SELECT count(*) FROM occupancies"
    static let booking = "SELECT record FROM bookings WHERE id = ?1"
    static let hold = "SELECT record FROM holds WHERE id = ?1"
    static let occupanciesInOrder = """
        SELECT provider, start_unix_seconds, end_unix_seconds, owner FROM occupancies
        WHERE expires_at_unix_ms IS NULL OR expires_at_unix_ms > ?1
        ORDER BY provider, start_unix_seconds, owner
        """
}
