/// The SQL of the journal.
enum JournalStatements {
    static let insert = """
        INSERT INTO journal
            (sequence, organization, position, at_unix_ms, actor, rpc, request_id, payload, hash)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        """
    /// The columns that `StoredRow` reads.
    private static let row = """
        sequence, organization, position, at_unix_ms, actor, rpc, request_id, payload, hash
        """
    static let entriesAfter = """
        SELECT \(row) FROM journal WHERE sequence > ?1 ORDER BY sequence
        """
    /// One organization's, ?1, between two numbers, both excluded, at most ?4.
    static let rowsAscending = """
        SELECT \(row) FROM journal
        WHERE organization = ?1 AND sequence > ?2 AND sequence < ?3 ORDER BY sequence LIMIT ?4
        """
    static let rowsDescending = """
        SELECT \(row) FROM journal
        WHERE organization = ?1 AND sequence > ?2 AND sequence < ?3 ORDER BY sequence DESC LIMIT ?4
        """
    /// When an entry was decided.
    static let time = "SELECT at_unix_ms FROM journal WHERE sequence = ?1"
    static let entry = """
        SELECT organization, position, payload FROM journal WHERE sequence = ?1
        """
    static let lastSequence = "SELECT max(sequence) FROM journal"
}
