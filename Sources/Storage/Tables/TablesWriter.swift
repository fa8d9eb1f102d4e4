internal import Engine
internal import Intervals
internal import SQLite
internal import Scheduling
internal import WireFormat

/// Writes changes to the tables' file. Used by the tables' thread alone.
final class TablesWriter {
    private let connection: Connection
    private let limits: StorageLimits
    /// By raw value of their kind.
    private let tables: [RecordKind: TableStatements]
    /// Reused for every record.
    private var payload = MessageWriter()
    private let insertOccupancy: Statement
    private let deleteOccupancies: Statement
    private let insertReceipt: Statement
    private let pruneReceipts: Statement
    private let upsertCheckpoint: Statement
    private let trail: TrailRowsWriter
    /// The organization whose id was written last.
    private var named: (organization: Identifier<OrganizationProfile>, text: String)?

    /// The two statements of a table.
    private final class TableStatements {
        let upsert: Statement
        let delete: Statement

        init(_ layout: TableLayout, _ connection: Connection) throws(SQLiteError) {
            upsert = try connection.prepare(TablesStatements.upsert(layout))
            delete = try connection.prepare(TablesStatements.delete(layout))
        }
    }

    init(_ connection: Connection, limits: StorageLimits) throws(SQLiteError) {
        self.connection = connection
        self.limits = limits
        var tables: [RecordKind: TableStatements] = [:]
        for kind in RecordKind.allCases {
            tables[kind] = try TableStatements(TableLayout(kind), connection)
        }
        self.tables = tables
        insertOccupancy = try connection.prepare(TablesStatements.insertOccupancy)
        deleteOccupancies = try connection.prepare(TablesStatements.deleteOccupancies)
        insertReceipt = try connection.prepare(TablesStatements.insertReceipt)
        pruneReceipts = try connection.prepare(TablesStatements.pruneReceipts)
        upsertCheckpoint = try connection.prepare(TablesStatements.upsertCheckpoint)
        trail = try TrailRowsWriter(connection)
    }

    /// Writes all of it in one transaction; on a throw nothing of it is there.
    func write(_ changes: Changes) throws(SQLiteError) {
        try connection.transaction { () throws(SQLiteError) in
            for place in changes.ordered {
                let entry = changes.entry(at: place)
                try write(entry.event.writes[Int(place.write)], text(entry.organization))
            }
            for batch in changes.batches {
                var sequence = batch.firstSequence
                for entry in batch.entries {
                    try writeReceipt(of: entry, sequence)
                    try trail.write(entry, sequence)
                    sequence += 1
                }
            }
            pruneReceipts.bind(
                changes.latest.adding(seconds: -limits.receiptSeconds).milliseconds, at: 1)
            pruneReceipts.bind(Int64(limits.recordsPerWrite), at: 2)
            try pruneReceipts.run()
            for (organization, position) in changes.positions {
                upsertCheckpoint.bind(text(organization), at: 1)
                upsertCheckpoint.bind(position, at: 2)
                upsertCheckpoint.bind(changes.sequence, at: 3)
                if let hash = changes.hashes[organization] {
                    upsertCheckpoint.bind(hash.bytes, at: 4)
                } else {
                    upsertCheckpoint.bindNull(at: 4)
                }
                try upsertCheckpoint.run()
            }
        }
        guard connection.walFrames >= limits.walFrames else { return }
        try connection.checkpoint(.passive)
    }

    /// Cuts the WAL down to nothing.
    func finish() throws(SQLiteError) {
        try connection.checkpoint(.truncate)
    }

    /// For tests: the greatest number of pages the file may have.
    func limitPages(_ count: Int64) throws(SQLiteError) {
        _ = try connection.value("PRAGMA max_page_count=\(count)")
    }

    /// An organization's id as text. Many rows in a row are of one.
    private func text(_ organization: Identifier<OrganizationProfile>) -> String {
        if let named, named.organization == organization { return named.text }
        let text = organization.description
        named = (organization, text)
        return text
    }

    private func write(_ write: RecordWrite, _ organization: String) throws(SQLiteError) {
        let key = write.key
        guard let table = tables[key.kind] else {
            preconditionFailure("every kind has its table")
        }
        let id = key.idText
        if key.kind.occupies {
            deleteOccupancies.bind(id, at: 1)
            try deleteOccupancies.run()
        }
        guard case .put(let record) = write else {
            table.delete.bind(id, at: 1)
            return try table.delete.run()
        }
        table.upsert.bind(id, at: 1)
        table.upsert.bind(organization, at: 2)
        payload.clear()
        payload.write(record)
        table.upsert.bind(payload.bytes, at: 3)
        var column: Int32 = 4
        for value in record.values {
            table.upsert.bind(value, at: column)
            column += 1
        }
        try table.upsert.run()
        if key.kind.occupies { try writeOccupancies(of: record, id) }
    }

    private func writeOccupancies(of record: Record, _ owner: String) throws(SQLiteError) {
        var expiry: Int64?
        if case .hold(let hold) = record { expiry = hold.expiresAt.milliseconds }
        for time in record.occupancies {
            insertOccupancy.bind(owner, at: 1)
            insertOccupancy.bind(Int64(time.segment), at: 2)
            insertOccupancy.bind(time.provider.description, at: 3)
            insertOccupancy.bind(.seconds(time.interval.start), at: 4)
            insertOccupancy.bind(.seconds(time.interval.end), at: 5)
            insertOccupancy.bind(expiry, at: 6)
            try insertOccupancy.run()
        }
    }

    private func writeReceipt(of entry: JournalEntry, _ sequence: Int64) throws(SQLiteError) {
        let event = entry.event
        guard let receipt = event.receipt else { return }
        insertReceipt.bind(sequence, at: 1)
        insertReceipt.bind(text(entry.organization), at: 2)
        insertReceipt.bind(event.actor, at: 3)
        insertReceipt.bind(event.rpc, at: 4)
        insertReceipt.bind(receipt.requestID, at: 5)
        insertReceipt.bind(Int64(bitPattern: receipt.fingerprint), at: 6)
        insertReceipt.bind(receipt.reply, at: 7)
        insertReceipt.bind(event.at.milliseconds, at: 8)
        try insertReceipt.run()
    }
}
