internal import SQLite

extension Schema {
    /// tables.db: every record, written behind the journal and always a whole prefix of it.
    ///
    /// `record` is the record itself (slotd.journal.v1.Record), which recovery reads; the other
    /// columns repeat it for people and their SQL. The unique index and `occupancies` repeat what
    /// the core guarantees, so that a bug in it is found.
    static let tables = Schema(
        applicationID: 0x534c_5454,  // "SLTT"
        steps: [
            """
            CREATE TABLE organizations (
                id TEXT PRIMARY KEY NOT NULL, organization TEXT NOT NULL, version INTEGER NOT NULL,
                external_ref TEXT, name TEXT NOT NULL,
                active_procedures_per_segment INTEGER NOT NULL,
                no_show_grace_minutes INTEGER NOT NULL, created_at_unix_ms INTEGER NOT NULL,
                record BLOB NOT NULL
            ) STRICT;
            CREATE TABLE locations (
                id TEXT PRIMARY KEY NOT NULL, organization TEXT NOT NULL, version INTEGER NOT NULL,
                external_ref TEXT, name TEXT NOT NULL, time_zone TEXT NOT NULL,
                is_archived INTEGER NOT NULL, record BLOB NOT NULL
            ) STRICT;
            CREATE TABLE providers (
                id TEXT PRIMARY KEY NOT NULL, organization TEXT NOT NULL, version INTEGER NOT NULL,
                external_ref TEXT, name TEXT NOT NULL, is_disabled INTEGER NOT NULL,
                md_required INTEGER NOT NULL, record BLOB NOT NULL
            ) STRICT;
            CREATE TABLE services (
                id TEXT PRIMARY KEY NOT NULL, organization TEXT NOT NULL, version INTEGER NOT NULL,
                external_ref TEXT, name TEXT NOT NULL, duration_minutes INTEGER,
                buffer_before_minutes INTEGER NOT NULL, buffer_after_minutes INTEGER NOT NULL,
                is_archived INTEGER NOT NULL, record BLOB NOT NULL
            ) STRICT;
            CREATE TABLE procedure_types (
                id TEXT PRIMARY KEY NOT NULL, organization TEXT NOT NULL, version INTEGER NOT NULL,
                external_ref TEXT, name TEXT NOT NULL, step_count INTEGER NOT NULL,
                md_required INTEGER NOT NULL, is_archived INTEGER NOT NULL, record BLOB NOT NULL
            ) STRICT;
            CREATE TABLE patients (
                id TEXT PRIMARY KEY NOT NULL, organization TEXT NOT NULL, version INTEGER NOT NULL,
                external_ref TEXT, name TEXT NOT NULL, birth_date TEXT, phone TEXT NOT NULL,
                email TEXT NOT NULL, record BLOB NOT NULL
            ) STRICT;
            CREATE TABLE bookings (
                id TEXT PRIMARY KEY NOT NULL, organization TEXT NOT NULL, version INTEGER NOT NULL,
                external_ref TEXT, patient TEXT NOT NULL, location TEXT NOT NULL,
                provider TEXT NOT NULL, service TEXT NOT NULL, stage TEXT NOT NULL,
                start_unix_seconds INTEGER NOT NULL, end_unix_seconds INTEGER NOT NULL,
                time_zone TEXT NOT NULL, created_by TEXT NOT NULL,
                created_at_unix_ms INTEGER NOT NULL, cancelled_at_unix_ms INTEGER,
                record BLOB NOT NULL
            ) STRICT;
            CREATE TABLE holds (
                id TEXT PRIMARY KEY NOT NULL, organization TEXT NOT NULL, owner TEXT NOT NULL,
                patient TEXT, location TEXT NOT NULL, provider TEXT NOT NULL, service TEXT NOT NULL,
                start_unix_seconds INTEGER NOT NULL, end_unix_seconds INTEGER NOT NULL,
                created_at_unix_ms INTEGER NOT NULL, expires_at_unix_ms INTEGER NOT NULL,
                record BLOB NOT NULL
            ) STRICT;
            CREATE TABLE procedures (
                id TEXT PRIMARY KEY NOT NULL, organization TEXT NOT NULL, version INTEGER NOT NULL,
                external_ref TEXT, patient TEXT NOT NULL, type TEXT, status TEXT NOT NULL,
                is_consult_only INTEGER NOT NULL, started_at_unix_ms INTEGER NOT NULL,
                submitted_at_unix_ms INTEGER, completed_at_unix_ms INTEGER, record BLOB NOT NULL
            ) STRICT;
            CREATE TABLE attachments (
                id TEXT PRIMARY KEY NOT NULL, organization TEXT NOT NULL, procedure TEXT NOT NULL,
                booking TEXT NOT NULL, segment INTEGER NOT NULL, attached_by TEXT NOT NULL,
                attached_at_unix_ms INTEGER NOT NULL, detached_at_unix_ms INTEGER,
                record BLOB NOT NULL
            ) STRICT;
            CREATE UNIQUE INDEX one_active_attachment ON attachments(procedure)
                WHERE detached_at_unix_ms IS NULL;
            -- What bookings and holds keep of their providers' time, buffers included.
            CREATE TABLE occupancies (
                owner TEXT NOT NULL, segment INTEGER NOT NULL, provider TEXT NOT NULL,
                start_unix_seconds INTEGER NOT NULL, end_unix_seconds INTEGER NOT NULL,
                expires_at_unix_ms INTEGER,       -- holds only
                PRIMARY KEY (owner, segment)
            ) STRICT, WITHOUT ROWID;
            -- What repeated calls get.
            CREATE TABLE receipts (
                sequence INTEGER PRIMARY KEY,     -- of the journal's entry
                organization TEXT NOT NULL, actor TEXT NOT NULL, rpc TEXT NOT NULL,
                request_id TEXT NOT NULL, fingerprint INTEGER NOT NULL, reply BLOB NOT NULL,
                at_unix_ms INTEGER NOT NULL
            ) STRICT;
            -- The tables hold the journal up to the greatest sequence, and each organization's
            -- events up to its position.
            CREATE TABLE checkpoints (
                organization TEXT PRIMARY KEY NOT NULL, position INTEGER NOT NULL,
                sequence INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID
            """,
            // 2: rooms and devices.
            """
            CREATE TABLE resources (
                id TEXT PRIMARY KEY NOT NULL, organization TEXT NOT NULL, version INTEGER NOT NULL,
                external_ref TEXT, name TEXT NOT NULL, kind TEXT NOT NULL, location TEXT NOT NULL,
                pool TEXT, units INTEGER NOT NULL, is_archived INTEGER NOT NULL,
                record BLOB NOT NULL
            ) STRICT
            """,
            // 3: what procedures are billed for.
            """
            CREATE TABLE charges (
                id TEXT PRIMARY KEY NOT NULL, organization TEXT NOT NULL, version INTEGER NOT NULL,
                procedure TEXT NOT NULL, booking TEXT NOT NULL, segment INTEGER NOT NULL,
                service TEXT NOT NULL, code TEXT NOT NULL, quantity INTEGER NOT NULL,
                amount_minor INTEGER NOT NULL, currency TEXT NOT NULL, status TEXT NOT NULL,
                external_ref TEXT, created_at_unix_ms INTEGER NOT NULL, billed_at_unix_ms INTEGER,
                record BLOB NOT NULL
            ) STRICT
            """,
            // 4: a segment may take providers besides its own.
            """
            CREATE TABLE provider_times (
                owner TEXT NOT NULL, segment INTEGER NOT NULL, provider TEXT NOT NULL,
                start_unix_seconds INTEGER NOT NULL, end_unix_seconds INTEGER NOT NULL,
                expires_at_unix_ms INTEGER,       -- holds only
                PRIMARY KEY (owner, segment, provider)
            ) STRICT, WITHOUT ROWID;
            INSERT INTO provider_times SELECT * FROM occupancies;
            DROP TABLE occupancies;
            ALTER TABLE provider_times RENAME TO occupancies
            """,
            // 5: who waits for a time.
            """
            CREATE TABLE waitlist (
                id TEXT PRIMARY KEY NOT NULL, organization TEXT NOT NULL, version INTEGER NOT NULL,
                patient TEXT NOT NULL, location TEXT NOT NULL, service TEXT NOT NULL,
                earliest_unix_seconds INTEGER NOT NULL, latest_unix_seconds INTEGER NOT NULL,
                priority INTEGER NOT NULL, status TEXT NOT NULL, hold TEXT, booking TEXT,
                created_by TEXT NOT NULL, created_at_unix_ms INTEGER NOT NULL, record BLOB NOT NULL
            ) STRICT
            """,
            // 6: the journal's link at the checkpoint; NULL before the chain begins.
            "ALTER TABLE checkpoints ADD COLUMN hash BLOB",
            // 7: two records of one person are one.
            "ALTER TABLE patients ADD COLUMN merged_into TEXT",
            // 8: the index of the trail. What was written without it is written anew: the next
            // start replays the journal onto empty tables.
            """
            -- Where each organization's entries stand in the journal; its id's 16 bytes.
            CREATE TABLE trail_positions (
                organization BLOB NOT NULL, position INTEGER NOT NULL, sequence INTEGER NOT NULL,
                PRIMARY KEY (organization, position)
            ) STRICT, WITHOUT ROWID;
            -- By what the journal's entries are found: a record's id, 16 bytes; or a location's id
            -- and a day of UTC from 1970 on, 4 more, on which the entry left a booking there.
            CREATE TABLE trail (
                subject BLOB NOT NULL, sequence INTEGER NOT NULL,
                PRIMARY KEY (subject, sequence)
            ) STRICT, WITHOUT ROWID;
            DELETE FROM organizations;
            DELETE FROM locations;
            DELETE FROM providers;
            DELETE FROM services;
            DELETE FROM procedure_types;
            DELETE FROM patients;
            DELETE FROM bookings;
            DELETE FROM holds;
            DELETE FROM procedures;
            DELETE FROM attachments;
            DELETE FROM occupancies;
            DELETE FROM receipts;
            DELETE FROM checkpoints;
            DELETE FROM resources;
            DELETE FROM charges;
            DELETE FROM waitlist
            """,
        ],
        settings: {
            // A power loss may take the latest writes, each as a whole: the tables are then an
            // older prefix of the journal, which replays the rest.
            var settings = Settings()
            settings.synchronous = .normal
            return settings
        }())
}
