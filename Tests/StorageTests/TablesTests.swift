internal import Engine
internal import Intervals
internal import SQLite
internal import Scheduling
internal import TestSupport
internal import Testing

@testable internal import Storage

@Suite("The tables")
struct TablesTests {
    let temporary = TemporaryDirectory()
    var path: String { temporary.file("data") }

    func tables() throws -> Connection { try Connection(path: "\(path)/tables.db") }

    @Test("have a row and readable columns for each kind of record")
    func columns() throws {
        var clinic = Clinic(seed: 1)
        let records = RecordKind.allCases.map { clinic.seeded.record($0) }
        let (journal, _) = try recovered(path)
        _ = try journal.commit([clinic.make(records.map { .put($0) })])
        try journal.close()
        let tables = try tables()
        for record in records {
            let layout = TableLayout(record.key.kind)
            let columns = layout.columns.joined(separator: ", ")
            let row = try tables.prepare("SELECT id, organization, \(columns) FROM \(layout.name)")
            #expect(try row.step())
            #expect(row.text(0) == record.key.idText)
            #expect(row.text(1) == clinic.organizations[0].description)
            for (index, value) in record.values.enumerated() {
                #expect(row.value(Int32(index + 2)) == value, "\(layout.columns[index])")
            }
            #expect(try !row.step())
        }
    }

    @Test("forget what is removed, and its occupancies")
    func removal() throws {
        var clinic = Clinic(seed: 2)
        let records = RecordKind.allCases.dropFirst().map { clinic.seeded.record($0) }
        let (journal, _) = try recovered(path)
        _ = try journal.commit([clinic.make(records.map { .put($0) })])
        try journal.flushTables()
        _ = try journal.commit([clinic.make(records.map { .remove($0.key) })])
        try journal.close()
        let tables = try tables()
        for kind in RecordKind.allCases {
            #expect(try tables.integer("SELECT count(*) FROM \(TableLayout(kind).name)") == 0)
        }
        #expect(try tables.integer("SELECT count(*) FROM occupancies") == 0)
    }

    @Test("keep a booking's time with its buffers while its stage occupies")
    func occupancies() throws {
        var clinic = Clinic(seed: 3)
        guard case .booking(var booking) = clinic.seeded.record(.booking) else { return }
        booking.segments = [clinic.seeded.segment(), clinic.seeded.segment()]
        // One takes a further provider.
        var use = ResourceUse()
        use.provider = clinic.seeded.id()
        booking.segments[0].uses = []
        booking.segments[1].uses = [use]
        let (journal, _) = try recovered(path)
        for stage in Stage.allCases {
            booking.stage = stage
            _ = try journal.commit([clinic.make([.put(.booking(booking))])])
        }
        booking.stage = .new
        _ = try journal.commit([clinic.make([.put(.booking(booking))])])
        try journal.close()
        var times = booking.segments.enumerated().map { ($0 + 1, $1.provider, $1.padded) }
        times.append((2, try #require(use.provider), booking.segments[1].padded))
        times.sort { ($0.0, $0.1.description) < ($1.0, $1.1.description) }
        let rows = try tables().prepare("SELECT * FROM occupancies ORDER BY segment, provider")
        for (segment, provider, interval) in times {
            #expect(try rows.step())
            let expected: [Value] = [
                .id(booking.id), .integer(Int64(segment)), .id(provider),
                .seconds(interval.start), .seconds(interval.end), .null,
            ]
            #expect((0..<6).map { rows.value($0) } == expected)
        }
        #expect(try !rows.step())
    }

    @Test("one write takes whole batches in order, and no more once they are enough")
    func takes() throws {
        var clinic = Clinic(seed: 6)
        var limits = StorageLimits()
        limits.recordsPerWrite = 10
        var state = Tables.State(enqueued: 0, written: 0)
        var last: Int64 = 0
        for _ in 0..<30 {
            let entries = clinic.make(Int(clinic.seeded.int(1...5)))
            last += Int64(entries.count)
            state.waiting.append(CommittedBatch(entries: entries, lastSequence: last))
            state.waitingRecords += Tables.records(in: entries)
        }
        var written: Int64 = 0
        while !state.waiting.isEmpty {
            let taken = state.takeBatches(limits, 7)
            let counts = taken.map { Tables.records(in: $0.entries) }
            #expect(counts.dropLast().reduce(0, +) < 10)
            #expect(counts.reduce(0, +) >= 10 || state.waiting.isEmpty)
            for batch in taken {
                #expect(batch.firstSequence == written + 1)
                written = batch.lastSequence
            }
            let rest = state.waiting.reduce(0) { $0 + Tables.records(in: $1.entries) }
            #expect(state.waitingRecords == rest)
            #expect(state.waitingSince == 7)
        }
        #expect(written == last)
    }

    @Test("a procedure may change hands any number of times between two writes")
    func attachments() throws {
        var clinic = Clinic(seed: 4)
        var limits = StorageLimits()
        limits.writeDelayMilliseconds = 3_600_000
        let (journal, _) = try recovered(path, limits: limits)
        guard case .attachment(var attachment) = clinic.seeded.record(.attachment) else { return }
        for _ in 0..<50 {
            attachment.detachment = nil
            _ = try journal.commit([clinic.make([.put(.attachment(attachment))])])
            if clinic.seeded.bool() { try journal.flushTables() }
            var detached = attachment
            detached.detachment = Detachment(
                actor: "a", at: Instant(milliseconds: 1), reason: "r")
            // The next one may have the smaller id.
            attachment = Attachment(
                id: clinic.seeded.id(), procedure: attachment.procedure,
                booking: clinic.seeded.id(), segment: 1, attachedBy: "a",
                attachedAt: Instant(milliseconds: 1))
            _ = try journal.commit([
                clinic.make([.put(.attachment(detached)), .put(.attachment(attachment))])
            ])
            if clinic.seeded.bool() { try journal.flushTables() }
        }
        try journal.close()
        #expect(
            try tables().integer(
                "SELECT count(*) FROM attachments WHERE detached_at_unix_ms IS NULL")
                == 1)
    }

    @Test("two active attachments of a procedure stop the storage: a bug is never hidden")
    func constraint() throws {
        var clinic = Clinic(seed: 5)
        let (journal, _) = try recovered(path)
        let procedure: Identifier<Procedure> = clinic.seeded.id()
        let writes = (0..<2).map { _ in
            RecordWrite.put(
                .attachment(
                    Attachment(
                        id: clinic.seeded.id(), procedure: procedure, booking: clinic.seeded.id(),
                        segment: 1, attachedBy: "a", attachedAt: Instant(milliseconds: 1))))
        }
        _ = try journal.commit([clinic.make(writes)])
        #expect(throws: StorageError.self) { try journal.flushTables() }
        do {
            _ = try journal.commit(clinic.make(1))
            Issue.record("commits go on")
        } catch {
            guard case .failed = error else { Issue.record("\(error)"); return }
        }
        #expect(throws: StorageError.self) { try journal.close() }
    }

    @Test("without room, commits go on until the queue is full, are refused, and go on again")
    func full() throws {
        var clinic = Clinic(seed: 6)
        var limits = StorageLimits()
        limits.waitingRecords = 2000
        limits.recordsPerWrite = 100
        limits.markIntervalMilliseconds = 3_600_000
        let (journal, _) = try recovered(path, limits: limits)
        journal.limitTablePages(1)
        var refused: [JournalEntry]?
        for _ in 0..<200 where refused == nil {
            let batch = clinic.make(20)
            do { _ = try journal.commit(batch) } catch {
                guard case .full = error else { Issue.record("\(error)"); return }
                refused = batch
            }
        }
        let batch = try #require(refused)
        #expect(throws: StorageError.self) { try journal.flushTables() }
        journal.limitTablePages(1_000_000)
        try journal.flushTables()
        _ = try journal.commit(batch)
        try journal.close()
        let (again, state) = try recovered(path)
        #expect(state == clinic.state)
        try again.close()
    }
}
