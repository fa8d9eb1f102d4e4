/// The SQL of the journal.
enum JournalStatements {
    static let insert = """
        INSERT INTO journal
            (sequence, organization, position, at_unix_ms, actor, rpc, request_id, payload)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """
    static let entriesAfter = """
        SELECT sequence, organization, position, at_unix_ms, actor, rpc, request_id, payload
        FROM journal WHERE sequence > ?1 ORDER BY sequence
        """
    static let entry = """
        SELECT organization, position, payload FROM journal WHERE sequence = ?1
        """
    static let lastSequence = "SELECT max(sequence) FROM journal"
}
