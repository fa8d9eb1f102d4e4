internal import Engine
internal import SQLite
internal import Scheduling

/// Reads the tables back. They hold the journal up to `sequence`.
final class TablesReader {
    private let connection: Connection
    private var names = OrganizationNames()
    /// Number of the last entry that is in the tables; 0 for empty tables.
    let sequence: Int64

    init(_ connection: Connection) throws(StorageError) {
        self.connection = connection
        sequence = try connection.reporting { () throws(SQLiteError) in
            try connection.integer(TablesStatements.checkpointSequence) ?? 0
        }
    }

    /// Visits the records of a kind, one at a time.
    func forEachRecord(
        _ kind: RecordKind,
        _ visit: (Identifier<OrganizationProfile>, Record) throws(StorageError) -> Void
    ) throws(StorageError) {
        let statement = try prepare(TablesStatements.all(TableLayout(kind)))
        while try step(statement) {
            let organization = try names.identifier(statement, column: 0)
            let record: Record
            do {
                record = try statement.withBytes(1) { bytes throws(MalformedRecord) in
                    try StoredRecord(encoded: bytes).record()
                }
            } catch {
                throw .unreadable(
                    organization: organization.description, position: nil, reason: error.reason)
            }
            guard record.key.kind == kind else {
                throw .unreadable(
                    organization: organization.description, position: nil,
                    reason: "\(record.key.idText) stands in \(TableLayout(kind).name)")
            }
            try visit(organization, record)
        }
    }

    /// Visits the receipts that were given at this time or later, in the order of commit.
    func forEachReceipt(
        since: Instant, _ visit: (RecoveredReceipt) throws(StorageError) -> Void
    ) throws(StorageError) {
        let statement = try prepare(TablesStatements.receiptsSince)
        statement.bind(since.milliseconds, at: 1)
        while try step(statement) {
            let receipt = Receipt(
                requestID: statement.text(3),
                fingerprint: UInt64(bitPattern: statement.integer(4)), reply: statement.blob(5))
            try visit(
                RecoveredReceipt(
                    organization: try names.identifier(statement, column: 0),
                    actor: statement.text(1), rpc: statement.text(2),
                    at: Instant(milliseconds: statement.integer(6)), receipt: receipt))
        }
    }

    /// How far each organization's records are.
    func heads() throws(StorageError) -> [Identifier<OrganizationProfile>: StreamHead] {
        let statement = try prepare(TablesStatements.checkpoints)
        var heads: [Identifier<OrganizationProfile>: StreamHead] = [:]
        while try step(statement) {
            heads[try names.identifier(statement, column: 0)] = StreamHead(
                position: statement.integer(1), hash: ChainHash(statement.blob(2)))
        }
        return heads
    }

    private func prepare(_ sql: String) throws(StorageError) -> Statement {
        do { return try connection.prepare(sql) } catch {
            throw StorageError(error, file: connection.path)
        }
    }

    private func step(_ statement: borrowing Statement) throws(StorageError) -> Bool {
        do { return try statement.step() } catch {
            throw StorageError(error, file: connection.path)
        }
    }
}
