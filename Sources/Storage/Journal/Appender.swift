internal import Engine
internal import SQLite
internal import Scheduling
internal import WireFormat

/// The one who writes to the journal's file.
final class Appender {
    private let connection: Connection
    private let insert: Statement
    private let selectRow: Statement
    private let selectRows: Statement
    private let limits: StorageLimits
    /// The number of the last entry.
    private var sequence: Int64
    /// Where each organization's stream ends.
    private var streams: [Identifier<OrganizationProfile>: Stream]
    /// Where the streams of a batch under way ended before each of its entries.
    private var undo: [(Identifier<OrganizationProfile>, Stream)] = []
    /// WAL frames at which the next checkpoint is due.
    private var checkpointAt: Int
    /// Reused for every payload.
    private var payload = MessageWriter()
    private var chain = ChainLink()
    /// Set by the first failure, and for good.
    private var failure: String?

    private struct Stream {
        /// The organization's id as text.
        var name: String
        var position: Int64
        var hash: ChainHash
    }

    /// Continues a journal that ends with `sequence`, and each organization's stream where it ends.
    init(
        _ connection: Connection, sequence: Int64,
        heads: [Identifier<OrganizationProfile>: StreamHead], limits: StorageLimits
    ) throws(StorageError) {
        self.connection = connection
        insert = try connection.reporting { () throws(SQLiteError) in
            try connection.prepare(JournalStatements.insert)
        }
        selectRow = try connection.reporting { () throws(SQLiteError) in
            try connection.prepare(JournalStatements.row)
        }
        selectRows = try connection.reporting { () throws(SQLiteError) in
            try connection.prepare(JournalStatements.rowsOfOrganization)
        }
        self.limits = limits
        self.sequence = sequence
        checkpointAt = limits.walFrames
        streams = [:]
        for (organization, head) in heads {
            streams[organization] = Stream(
                name: organization.description, position: head.position,
                hash: head.hash ?? .start)
        }
    }

    /// Makes a batch durable.
    func append(_ batch: [JournalEntry]) throws(JournalError) -> CommittedBatch {
        if let failure { throw .failed(failure) }
        try checkpointIfDue()
        undo.removeAll(keepingCapacity: true)
        do {
            var last = Checksum([])
            try connection.transaction { () throws(SQLiteError) in
                last = try insertAll(batch)
            }
            sequence += Int64(batch.count)
            return CommittedBatch(
                entries: batch, lastSequence: sequence, heads: heads(of: batch),
                mark: HighWaterMark(sequence: sequence, checksum: last.value))
        } catch {
            for (organization, stream) in undo.reversed() { streams[organization] = stream }
            throw journalError(error)
        }
    }

    /// The number of the last entry that is durable.
    var lastSequence: Int64 { sequence }

    /// Copies a row; nil when there is none of this number.
    func row(_ sequence: Int64) throws(SQLiteError) -> StoredRow? {
        selectRow.bind(sequence, at: 1)
        defer { selectRow.reset() }
        return try selectRow.step() ? StoredRow(selectRow) : nil
    }

    /// Copies an organization's rows between two numbers, the first excluded.
    func rows(
        after first: Int64, through last: Int64, of organization: String
    ) throws(SQLiteError) -> [StoredRow] {
        selectRows.bind(organization, at: 1)
        selectRows.bind(first, at: 2)
        selectRows.bind(last, at: 3)
        var rows: [StoredRow] = []
        while try selectRows.step() { rows.append(StoredRow(selectRows)) }
        return rows
    }

    func close() throws(SQLiteError) {
        if failure == nil { try connection.checkpoint(.truncate) }
    }

    func limitPages(_ count: Int64) {
        _ = try? connection.value("PRAGMA max_page_count=\(count)")
    }

    /// Inserts the batch and returns the checksum of its last entry.
    private func insertAll(_ batch: [JournalEntry]) throws(SQLiteError) -> Checksum {
        var next = sequence
        for (index, entry) in batch.enumerated() {
            next += 1
            let event = entry.event
            payload.clear()
            payload.write(event)
            let stream = advance(entry)
            insert.bind(next, at: 1)
            insert.bind(stream.name, at: 2)
            insert.bind(event.position, at: 3)
            insert.bind(event.at.milliseconds, at: 4)
            insert.bind(event.actor, at: 5)
            insert.bind(event.rpc, at: 6)
            insert.bind(event.receipt?.requestID, at: 7)
            insert.bind(payload.bytes, at: 8)
            insert.bind(stream.hash.bytes, at: 9)
            try insert.run()
            if index == batch.count - 1 {
                return Checksum(
                    organization: stream.name, position: event.position, payload: payload.bytes)
            }
        }
        preconditionFailure("a batch is not empty")
    }

    /// Where the organization's stream ends with this entry, whose payload is written.
    ///
    /// Positions are given under the organization's lock; one that does not follow means that the
    /// order of the batch is not the order of the decisions, and must not reach the file.
    private func advance(_ entry: JournalEntry) -> Stream {
        let event = entry.event
        var stream =
            streams[entry.organization]
            ?? Stream(name: entry.organization.description, position: 0, hash: .start)
        precondition(
            event.position == stream.position + 1,
            "position \(event.position) of \(stream.name) follows \(stream.position)")
        undo.append((entry.organization, stream))
        stream.position = event.position
        stream.hash = chain.hash(
            after: stream.hash, organization: stream.name, position: event.position,
            at: event.at.milliseconds, actor: event.actor, rpc: event.rpc,
            requestID: event.receipt?.requestID, payload: payload.bytes)
        streams[entry.organization] = stream
        return stream
    }

    /// Where the streams of a batch end.
    private func heads(
        of batch: [JournalEntry]
    ) -> [Identifier<OrganizationProfile>: ChainHash] {
        var heads: [Identifier<OrganizationProfile>: ChainHash] = [:]
        var last: Identifier<OrganizationProfile>?
        for entry in batch where entry.organization != last {
            last = entry.organization
            heads[entry.organization] = streams[entry.organization]?.hash
        }
        return heads
    }

    /// Moves the WAL into the file before it grows too long. A disk too full for that is no reason
    /// to stop: the WAL goes on growing while there is room in it, and the next try comes later.
    private func checkpointIfDue() throws(JournalError) {
        guard connection.walFrames >= checkpointAt else { return }
        do {
            try connection.checkpoint(.passive)
            checkpointAt = limits.walFrames
        } catch {
            guard error.code.primary == .full else { throw journalError(error) }
            checkpointAt = connection.walFrames + limits.walFrames
        }
    }

    private func journalError(_ error: SQLiteError) -> JournalError {
        if error.code.primary == .full { return .full(error.description) }
        failure = error.description
        return .failed(error.description)
    }
}

/// Where an organization's stream ends.
struct StreamHead: Equatable {
    var position: Int64
    /// Nil: the chain has not begun.
    var hash: ChainHash?
}
