internal import Engine
internal import SQLite
internal import Scheduling

/// The one who writes to the journal's file.
final class Appender {
    private let connection: Connection
    private let insert: Statement
    private let limits: StorageLimits
    /// The number of the last entry.
    private var sequence: Int64
    /// The last position of each organization, with its id as text.
    private var streams: [Identifier<OrganizationProfile>: Stream]
    /// WAL frames at which the next checkpoint is due.
    private var checkpointAt: Int
    /// Reused for every payload.
    private var payload = MessageWriter()
    /// Set by the first failure, and for good.
    private var failure: String?

    private struct Stream {
        var name: String
        var position: Int64
    }

    /// Continues a journal that ends with `sequence`, and each organization's stream with the
    /// position given.
    init(
        _ connection: Connection, sequence: Int64,
        positions: [Identifier<OrganizationProfile>: Int64], limits: StorageLimits
    ) throws(StorageError) {
        self.connection = connection
        insert = try connection.reporting { () throws(SQLiteError) in
            try connection.prepare(JournalStatements.insert)
        }
        self.limits = limits
        self.sequence = sequence
        checkpointAt = limits.walFrames
        streams = [:]
        for (organization, position) in positions {
            streams[organization] = Stream(name: organization.description, position: position)
        }
    }

    /// Makes a batch durable.
    func append(_ batch: [JournalEntry]) throws(JournalError) -> CommittedBatch {
        if let failure { throw .failed(failure) }
        try checkpointIfDue()
        for entry in batch { advance(entry) }
        do {
            var last = Checksum([])
            try connection.transaction { () throws(SQLiteError) in
                last = try insertAll(batch)
            }
            sequence += Int64(batch.count)
            return CommittedBatch(
                entries: batch, lastSequence: sequence,
                mark: HighWaterMark(sequence: sequence, checksum: last.value))
        } catch {
            for entry in batch { streams[entry.organization]?.position -= 1 }
            throw journalError(error)
        }
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
            let name = streams[entry.organization]?.name ?? entry.organization.description
            payload.clear()
            payload.write(event)
            insert.bind(next, at: 1)
            insert.bind(name, at: 2)
            insert.bind(event.position, at: 3)
            insert.bind(event.at.milliseconds, at: 4)
            insert.bind(event.actor, at: 5)
            insert.bind(event.rpc, at: 6)
            insert.bind(event.receipt?.requestID, at: 7)
            insert.bind(payload.bytes, at: 8)
            try insert.run()
            if index == batch.count - 1 {
                return Checksum(
                    organization: name, position: event.position, payload: payload.bytes)
            }
        }
        preconditionFailure("a batch is not empty")
    }

    /// Positions are given under the organization's lock; one that does not follow means that the
    /// order of the batch is not the order of the decisions, and must not reach the file.
    private func advance(_ entry: JournalEntry) {
        let known = streams[entry.organization]
        var stream = known ?? Stream(name: entry.organization.description, position: 0)
        precondition(
            entry.event.position == stream.position + 1,
            "position \(entry.event.position) of \(stream.name) follows \(stream.position)")
        stream.position = entry.event.position
        streams[entry.organization] = stream
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
