internal import Engine
internal import SQLite
internal import Scheduling

/// Reads the journal back, in the order of commit.
struct JournalReader: ~Copyable {
    private let connection: Connection
    private let statement: Statement
    private var names = OrganizationNames()

    init(_ connection: Connection) throws(StorageError) {
        self.connection = connection
        statement = try connection.reporting { () throws(SQLiteError) in
            try connection.prepare(JournalStatements.entriesAfter)
        }
    }

    /// The number of the last entry; 0 for an empty journal.
    func lastSequence() throws(StorageError) -> Int64 {
        try connection.reporting { () throws(SQLiteError) in
            try connection.integer(JournalStatements.lastSequence) ?? 0
        }
    }

    /// The checksum of an entry; nil when there is none with this number.
    func checksum(of sequence: Int64) throws(StorageError) -> UInt64? {
        try connection.reporting { () throws(SQLiteError) in
            let statement = try connection.prepare(JournalStatements.entry)
            statement.bind(sequence, at: 1)
            guard try statement.step() else { return nil }
            return Checksum(
                organization: statement.text(0), position: statement.integer(1),
                payload: statement.blob(2)
            ).value
        }
    }

    /// Visits the rows after `sequence`, one at a time. Holds one in memory.
    mutating func forEach(
        after sequence: Int64,
        _ visit: (Identifier<OrganizationProfile>, StoredRow) throws(StorageError) -> Void
    ) throws(StorageError) {
        statement.bind(sequence, at: 1)
        while try step() {
            let organization = try names.identifier(statement, column: 1)
            try visit(organization, StoredRow(statement))
        }
    }

    private func step() throws(StorageError) -> Bool {
        try connection.reporting { () throws(SQLiteError) in try statement.step() }
    }
}

extension StoredRow {
    /// The entry, or why it cannot be read.
    func entry(
        of organization: Identifier<OrganizationProfile>
    ) throws(StorageError) -> JournalEntry {
        do {
            return JournalEntry(organization: organization, event: try event())
        } catch {
            throw .unreadable(
                organization: self.organization, position: position, reason: error.reason)
        }
    }
}

/// Turns the text of organizations' ids into ids, remembering the last: neighbors mostly share it.
struct OrganizationNames {
    private var last: (text: String, id: Identifier<OrganizationProfile>)?

    mutating func identifier(
        _ statement: borrowing Statement, column: Int32
    ) throws(StorageError) -> Identifier<OrganizationProfile> {
        let text = statement.text(column)
        if let last, last.text == text { return last.id }
        guard let id = Identifier<OrganizationProfile>(text) else {
            throw .unreadable(
                organization: text, position: nil, reason: "this is no organization's id")
        }
        last = (text, id)
        return id
    }
}
