/// The SQL of the journal.
enum JournalStatements {
    static let insert = """
        INSERT INTO journal
            (sequence, organization, position, at_unix_ms, actor, rpc, request_id, payload, hash)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        """
    /// The columns that `StoredRow` reads.
    private static let columns = """
        sequence, organization, position, at_unix_ms, actor, rpc, request_id, payload, hash
        """
    static let entriesAfter = """
        SELECT \(columns) FROM journal WHERE sequence > ?1 ORDER BY sequence
        """
    /// One of them.
    static let row = "SELECT \(columns) FROM journal WHERE sequence = ?1"
    /// One organization's, ?1, between two numbers, the first excluded.
    static let rowsOfOrganization = """
        SELECT \(columns) FROM journal
        WHERE sequence > ?2 AND sequence <= ?3 AND organization = ?1 ORDER BY sequence
        """
    static let entry = """
        SELECT organization, position, payload FROM journal WHERE sequence = ?1
        """
    static let lastSequence = "SELECT max(sequence) FROM journal"
}
