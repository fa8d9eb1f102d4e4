internal import SQLite

extension Schema {
    /// journal.db: append-only, in the order of commit, and nothing but that. Without a second
    /// index a commit touches one page and its neighbors; that a position is taken once is checked
    /// by `SQLiteJournal`, which alone writes it, and again by recovery and `verify`.
    ///
    /// The rows are the audit trail: who asked for what, when, and the changes in full.
    static let journal = Schema(
        applicationID: 0x534c_544a,  // "SLTJ"
        steps: [
            """
            CREATE TABLE journal (
                sequence INTEGER PRIMARY KEY,     -- 1, 2, 3, ... in the order of commit
                organization TEXT NOT NULL,
                position INTEGER NOT NULL,        -- 1, 2, 3, ... within the organization
                at_unix_ms INTEGER NOT NULL,
                actor TEXT NOT NULL,
                rpc TEXT NOT NULL,
                request_id TEXT,
                payload BLOB NOT NULL             -- slotd.journal.v1.Entry
            ) STRICT
            """,
            // 2: the link of the organization's hash chain, as `ChainLink` says; NULL in entries
            // that are older than the chain.
            "ALTER TABLE journal ADD COLUMN hash BLOB",
        ],
        settings: {
            // What is written is hardly ever read again, and then from the system's cache: SQLite
            // would keep the last 100,000 entries for nothing.
            var settings = Settings()
            settings.cacheKiB = 4096
            return settings
        }())
}
