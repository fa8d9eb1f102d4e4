internal import Engine
internal import SQLite
public import Scheduling

extension Storage {
    /// Hands over everything that was committed, and returns the journal to go on with.
    ///
    /// Receipts that were given before `receiptsSince` are left out. Costs one pass over the tables
    /// and one over the journal after their checkpoint, a record at a time. What `visit` throws
    /// ends the recovery and is thrown on. Throws `.commitsLost` and `.journalReplaced` when the
    /// journal is not the one that acknowledged, `.gap` and `.entryMissing` when it has holes, and
    /// `.unreadable` for bytes that are no record. To be called once.
    public func recover(
        receiptsSince: Instant, _ visit: (RecoveryStep) throws(StorageError) -> Void
    ) throws(StorageError) -> SQLiteJournal {
        let end = try handOver(receiptsSince: receiptsSince, visit)
        do throws(StorageError) {
            return try SQLiteJournal(end, directory: directory, limits: limits)
        } catch {
            try? end.tables.stop()
            throw error
        }
    }

    /// Where the journal ends, and the tables on their way there.
    struct JournalEnd {
        var sequence: Int64
        var heads: [Identifier<OrganizationProfile>: StreamHead]
        var tables: Tables
    }

    private func handOver(
        receiptsSince: Instant, _ visit: (RecoveryStep) throws(StorageError) -> Void
    ) throws(StorageError) -> JournalEnd {
        var reader = try JournalReader(try Connection.open(directory.journal, .journal))
        let last = try reader.lastSequence()
        try checkMark(reader, last)
        let (checkpoint, heads) = try load(receiptsSince: receiptsSince, last: last, visit)

        let mark = try reader.checksum(of: last).map {
            HighWaterMark(sequence: last, checksum: $0)
        }
        let tables = Tables(directory, sequence: checkpoint, mark: mark, limits: limits)
        var end = JournalEnd(sequence: checkpoint, heads: heads, tables: tables)
        do throws(StorageError) {
            try replay(&reader, onto: &end, visit)
            guard end.sequence == last else {
                throw .entryMissing(file: directory.journal, sequence: end.sequence + 1)
            }
            return end
        } catch {
            // What the tables lack is in the journal; the first error is the one to tell.
            try? tables.stop()
            throw error
        }
    }

    /// Refuses a journal that ends before the mark or is another one than the mark was made of.
    func checkMark(
        _ reader: borrowing JournalReader, _ last: Int64
    ) throws(StorageError) {
        guard let mark = try HighWaterMark.File(path: directory.mark).mark else { return }
        guard mark.sequence <= last else {
            throw .commitsLost(file: directory.journal, last: last, promised: mark.sequence)
        }
        guard try reader.checksum(of: mark.sequence) == mark.checksum else {
            throw .journalReplaced(file: directory.journal, sequence: mark.sequence)
        }
    }

    /// Hands over what the tables hold, and returns how far that is.
    private func load(
        receiptsSince: Instant, last: Int64, _ visit: (RecoveryStep) throws(StorageError) -> Void
    ) throws(StorageError) -> (sequence: Int64, [Identifier<OrganizationProfile>: StreamHead]) {
        let tables = try TablesReader(try Connection.open(directory.tables, .tables))
        guard tables.sequence <= last else {
            throw .commitsLost(file: directory.journal, last: last, promised: tables.sequence)
        }
        for kind in RecordKind.allCases {
            try tables.forEachRecord(kind) { organization, record throws(StorageError) in
                try visit(.record(organization, record))
            }
        }
        try tables.forEachReceipt(since: receiptsSince) { receipt throws(StorageError) in
            try visit(.receipt(receipt))
        }
        let heads = try tables.heads()
        for (organization, head) in heads {
            try visit(.checkpoint(organization, position: head.position))
        }
        return (tables.sequence, heads)
    }

    /// Hands over the events that the tables lack, and has the tables catch up with them.
    private func replay(
        _ reader: inout JournalReader, onto end: inout JournalEnd,
        _ visit: (RecoveryStep) throws(StorageError) -> Void
    ) throws(StorageError) {
        var batch = CommittedBatch(entries: [], lastSequence: end.sequence)
        var heads = end.heads
        try reader.forEach(after: end.sequence) { organization, row throws(StorageError) in
            guard row.sequence == batch.lastSequence + 1 else {
                throw .entryMissing(file: directory.journal, sequence: batch.lastSequence + 1)
            }
            let expected = (heads[organization]?.position ?? 0) + 1
            guard row.position == expected else {
                throw .gap(
                    organization: row.organization, expected: expected, found: row.position)
            }
            let entry = try row.entry(of: organization)
            try visit(.event(entry))
            let hash = row.hash.flatMap { ChainHash($0) }
            heads[organization] = StreamHead(position: expected, hash: hash)
            batch.entries.append(entry)
            batch.lastSequence = row.sequence
            batch.heads[organization] = hash
            if batch.entries.count == 1000 {
                try hand(batch, to: end.tables)
                batch = CommittedBatch(entries: [], lastSequence: row.sequence)
            }
        }
        if !batch.entries.isEmpty { try hand(batch, to: end.tables) }
        (end.sequence, end.heads) = (batch.lastSequence, heads)
    }

    private func hand(_ batch: CommittedBatch, to tables: Tables) throws(StorageError) {
        do { try tables.makeRoom(for: batch.entries) } catch {
            switch error {
            case .full(let reason), .failed(let reason):
                throw .database(file: directory.tables, reason: reason)
            }
        }
        tables.enqueue(batch)
    }
}
