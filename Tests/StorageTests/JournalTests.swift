internal import Engine
internal import Glibc
internal import SQLite
internal import Scheduling
internal import TestSupport
internal import Testing

@testable internal import Storage

@Suite("The journal")
struct JournalTests {
    let temporary = TemporaryDirectory()
    var path: String { temporary.file("data") }

    /// What recovery throws; nil when it succeeds.
    func refusal() -> StorageError? {
        do { try recovered(path).journal.close() } catch { return error }
        return nil
    }

    /// Changes the closed journal behind its back.
    func tamper(_ sql: String) throws {
        try Connection(path: "\(path)/journal.db").execute(sql)
    }

    @Test("every organization of a batch is told that it is committed")
    func outcomes() throws {
        var clinic = Clinic(seed: 1)
        let (journal, _) = try recovered(path)
        let outcomes = try journal.commit(clinic.make(50))
        #expect(Set(outcomes.keys) == Set(clinic.organizations))
        for outcome in outcomes.values {
            guard case .committed = outcome else { Issue.record("a conflict"); continue }
        }
        #expect(try journal.commit([]).isEmpty)
        try journal.close()
    }

    @Test("a full disk refuses the batch whole, and the same batch succeeds when there is room")
    func full() throws {
        var clinic = Clinic(seed: 2)
        let (journal, _) = try recovered(path)
        _ = try journal.commit(clinic.make(10))
        let batch = clinic.make(500)
        journal.limitPages(10)
        for _ in 0..<3 {
            do {
                _ = try journal.commit(batch)
                Issue.record("500 events fit into 10 pages")
            } catch {
                guard case .full = error else { Issue.record("\(error)"); continue }
            }
        }
        journal.limitPages(100_000)
        _ = try journal.commit(batch)
        try journal.close()
        let (again, state) = try recovered(path)
        #expect(state == clinic.state)
        try again.close()
    }

    @Test("is refused when it ends before its mark")
    func lost() throws {
        var clinic = Clinic(seed: 3)
        let (journal, _) = try recovered(path)
        _ = try journal.commit(clinic.make(20))
        try journal.close()
        try tamper("DELETE FROM journal WHERE sequence > 19")
        let file = "\(path)/journal.db"
        #expect(refusal() == .commitsLost(file: file, last: 19, promised: 20))
        // The tables' checkpoint guards as well.
        #expect(remove("\(path)/journal.mark") == 0)
        #expect(refusal() == .commitsLost(file: file, last: 19, promised: 20))
    }

    @Test("is refused when it is another one than was acknowledged")
    func replaced() throws {
        var clinic = Clinic(seed: 4)
        let (journal, _) = try recovered(path)
        _ = try journal.commit(clinic.make(20))
        try journal.close()
        try tamper("UPDATE journal SET payload = x'00' WHERE sequence = 20")
        #expect(refusal() == .journalReplaced(file: "\(path)/journal.db", sequence: 20))
    }

    @Test("with a hole is refused")
    func hole() throws {
        var clinic = Clinic(seed: 5, organizations: 1)
        let (journal, _) = try recovered(path)
        _ = try journal.commit(clinic.make(20))
        try journal.close()
        #expect(remove("\(path)/tables.db") == 0)
        try tamper("UPDATE journal SET position = 21 WHERE sequence = 20")
        #expect(remove("\(path)/journal.mark") == 0)
        let name = clinic.organizations[0].description
        #expect(refusal() == .gap(organization: name, expected: 20, found: 21))
        try tamper("DELETE FROM journal WHERE sequence = 10")
        #expect(refusal() == .entryMissing(file: "\(path)/journal.db", sequence: 10))
    }

    @Test("names organization and position of what it cannot read")
    func unreadable() throws {
        var clinic = Clinic(seed: 6, organizations: 1)
        let (journal, _) = try recovered(path)
        _ = try journal.commit(clinic.make(20))
        try journal.close()
        #expect(remove("\(path)/tables.db") == 0)
        let name = clinic.organizations[0].description
        for payload in ["x'ff'", "x'0a00'", "x'0a0b0aff'", "zeroblob(3)"] {
            try tamper("UPDATE journal SET payload = \(payload) WHERE sequence = 7")
            guard case .unreadable(name, 7, _) = refusal() else {
                Issue.record("\(payload): \(String(describing: refusal()))")
                continue
            }
        }
    }

    @Test("checkpoints itself before its WAL grows long, and loses nothing by it")
    func checkpoints() throws {
        var clinic = Clinic(seed: 8)
        var limits = StorageLimits()
        limits.walFrames = 8
        let (journal, _) = try recovered(path, limits: limits)
        for _ in 0..<100 { _ = try journal.commit(clinic.make(5)) }
        try journal.close()
        let (again, state) = try recovered(path)
        #expect(state == clinic.state)
        try again.close()
    }
}
