internal import Scheduling

/// The SQL of the tables.
enum TablesStatements {
    /// Parameters: id, organization, record, then the columns for people.
    static func upsert(_ layout: TableLayout) -> String {
        let columns = ["id", "organization", "record"] + layout.columns
        let parameters = (1...columns.count).map { "?\($0)" }
        let updates = columns.dropFirst().map { "\($0) = excluded.\($0)" }
        return """
            INSERT INTO \(layout.name) (\(columns.joined(separator: ", ")))
            VALUES (\(parameters.joined(separator: ", ")))
            ON CONFLICT (id) DO UPDATE SET \(updates.joined(separator: ", "))
            """
    }
    static func delete(_ layout: TableLayout) -> String {
        "DELETE FROM \(layout.name) WHERE id = ?1"
    }
    /// In the order in which the rows were made, which is nearly that of the file.
    static func all(_ layout: TableLayout) -> String {
        "SELECT organization, record FROM \(layout.name) ORDER BY rowid"
    }

    static let insertOccupancy = """
        INSERT INTO occupancies
            (owner, segment, provider, start_unix_seconds, end_unix_seconds, expires_at_unix_ms)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        """
    static let deleteOccupancies = "DELETE FROM occupancies WHERE owner = ?1"

    static let insertReceipt = """
        INSERT OR REPLACE INTO receipts
            (sequence, organization, actor, rpc, request_id, fingerprint, reply, at_unix_ms)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """
    static let receiptsSince = """
        SELECT organization, actor, rpc, request_id, fingerprint, reply, at_unix_ms
        FROM receipts WHERE at_unix_ms >= ?1 ORDER BY sequence
        """
    /// Drops receipts older than ?1 from the front of the table, at most ?2 of them.
    static let pruneReceipts = """
        DELETE FROM receipts
        WHERE sequence < (
                SELECT sequence FROM receipts WHERE at_unix_ms >= ?1 ORDER BY sequence LIMIT 1)
            AND sequence < (SELECT min(sequence) FROM receipts) + ?2
        """

    static let upsertCheckpoint = """
        INSERT INTO checkpoints (organization, position, sequence, hash) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (organization)
        DO UPDATE SET position = excluded.position, sequence = excluded.sequence,
            hash = excluded.hash
        """
    static let checkpoints = """
        SELECT organization, position, hash FROM checkpoints ORDER BY organization
        """
    static let checkpointSequence = "SELECT max(sequence) FROM checkpoints"
}
