internal import Engine
internal import Glibc
internal import SQLite
internal import Scheduling
internal import TestSupport
internal import Testing

@testable internal import Storage

@Suite("The hash chain")
struct ChainTests {
    let temporary = TemporaryDirectory()
    var path: String { temporary.file("data") }

    /// Thirty events of two organizations, in a closed directory.
    func filled(_ clinic: inout Clinic) throws {
        let (journal, _) = try recovered(path)
        for _ in 0..<3 { _ = try journal.commit(clinic.make(10)) }
        try journal.close()
    }

    func tamper(_ sql: String, file: String = "journal.db") throws {
        try Connection(path: "\(path)/\(file)").execute(sql)
    }

    /// What is wrong with the chains, and how far the journal reaches.
    func findings(_ anchors: [ChainAnchor] = []) throws -> [Finding] {
        try Storage.open(directory: path).verify(now: Instant(milliseconds: 0), anchors: anchors)
            .filter { finding in
                switch finding {
                case .chain, .commitsLost, .journalReplaced, .entryMissing, .gap: true
                default: false
                }
            }
    }

    /// The links of the journal, by number.
    func rows() throws -> [StoredRow] {
        let journal = try Connection(path: "\(path)/journal.db")
        let statement = try journal.prepare(JournalStatements.entriesAfter)
        statement.bind(0 as Int64, at: 1)
        var rows: [StoredRow] = []
        while try statement.step() { rows.append(StoredRow(statement)) }
        return rows
    }

    @Test("links each entry to the organization's entry before it")
    func links() throws {
        var clinic = Clinic(seed: 1, organizations: 2)
        try filled(&clinic)
        #expect(try findings().isEmpty)
        var chain = ChainLink()
        var last: [String: ChainHash] = [:]
        for row in try rows() {
            let hash = row.link(after: last[row.organization] ?? .start, &chain)
            #expect(row.hash == hash.bytes)
            last[row.organization] = hash
        }
        #expect(last.count == 2)
    }

    @Test("is as its description says: a link that another program computed")
    func vector() throws {
        // python3: sha256(bytes(32) + pack("<qq", 1, 2) + b"".join(pack("<q", len(x)) + x for x in
        // (b"org", b"actor", b"rpc")) + pack("<q", -1) + pack("<q", 3) + b"abc")
        var chain = ChainLink()
        let first = chain.hash(
            after: .start, organization: "org", position: 1, at: 2, actor: "actor", rpc: "rpc",
            requestID: nil, payload: Array("abc".utf8))
        #expect("\(first)" == "b5e57464fd087cb71c2040d3948ebed942c8fd6b2747d10728b336db3646af4a")
        // An empty request id is not the same as none.
        let second = chain.hash(
            after: first, organization: "org", position: 2, at: 2, actor: "actor", rpc: "rpc",
            requestID: "", payload: [])
        #expect("\(second)" == "c6eb1f0454def7cd4f66c742fda6b965a56e876428a28b9a016347398525f1b0")
    }

    @Test("goes on over restarts and crashes")
    func restarts() throws {
        var clinic = Clinic(seed: 2, organizations: 2)
        for _ in 0..<4 { try filled(&clinic) }
        // From the journal alone.
        #expect(remove("\(path)/tables.db") == 0)
        try filled(&clinic)
        #expect(try findings().isEmpty)
    }

    @Test("is not moved on by a batch that the disk had no room for")
    func fullDisk() throws {
        var clinic = Clinic(seed: 3)
        let (journal, _) = try recovered(path)
        _ = try journal.commit(clinic.make(10))
        let batch = clinic.make(500)
        journal.limitPages(10)
        #expect(throws: JournalError.self) { try journal.commit(batch) }
        journal.limitPages(100_000)
        _ = try journal.commit(batch)
        try journal.close()
        #expect(try findings().isEmpty)
    }

    @Test(
        "finds a changed entry, whichever column it is, and names it",
        arguments: [
            "at_unix_ms = at_unix_ms + 1", "actor = 'nobody'", "rpc = 'BoardService/MoveBooking'",
            "request_id = 'r'", "payload = x'00'", "hash = zeroblob(32)",
        ])
    func changed(assignment: String) throws {
        var clinic = Clinic(seed: 4, organizations: 1)
        try filled(&clinic)
        try tamper("UPDATE journal SET \(assignment) WHERE sequence = 12")
        let name = clinic.organizations[0].description
        let found = try findings()
        // A link that was written over fits neither its entry nor the next one.
        let places: [Int64] = assignment.hasPrefix("hash") ? [12, 13] : [12]
        #expect(
            found
                == places.map { .chain(.init(organization: name, position: $0, .broken)) })
        #expect(found.first?.description.contains("\(name), revision 12") == true)
    }

    @Test("finds entries that changed places")
    func reordered() throws {
        var clinic = Clinic(seed: 5, organizations: 1)
        try filled(&clinic)
        let columns = ["at_unix_ms", "actor", "rpc", "request_id", "payload", "hash"]
        let swaps = columns.map {
            "\($0) = (SELECT \($0) FROM copy WHERE sequence = 33 - j.sequence)"
        }
        try tamper(
            """
            CREATE TABLE copy AS SELECT * FROM journal WHERE sequence IN (16, 17);
            UPDATE journal AS j SET \(swaps.joined(separator: ", ")) WHERE sequence IN (16, 17);
            DROP TABLE copy
            """)
        let name = clinic.organizations[0].description
        #expect(
            try findings().first == .chain(.init(organization: name, position: 16, .broken)))
    }

    @Test("finds a removed link, and an entry that is gone with all numbers closed up")
    func removed() throws {
        var clinic = Clinic(seed: 6, organizations: 1)
        try filled(&clinic)
        try tamper("UPDATE journal SET hash = NULL WHERE sequence = 20")
        let name = clinic.organizations[0].description
        #expect(
            try findings() == [
                .chain(.init(organization: name, position: 20, .unlinked)),
                .chain(.init(organization: name, position: 21, .broken)),
            ])
        try tamper(
            """
            DELETE FROM journal WHERE sequence = 9;
            UPDATE journal SET sequence = sequence - 1, position = position - 1
            WHERE sequence > 9
            """)
        #expect(
            try findings().contains(.chain(.init(organization: name, position: 9, .broken))))
    }

    @Test("a cut-off end is found by the mark, by the tables, and by an anchor")
    func truncated() throws {
        var clinic = Clinic(seed: 7, organizations: 1)
        try filled(&clinic)
        let name = clinic.organizations[0].description
        let last = try #require(try rows().last?.hash.flatMap { ChainHash($0) })
        let anchor = ChainAnchor(organization: name, position: 30, hash: last)
        #expect(ChainAnchor(anchor.description) == anchor)
        #expect(try findings([anchor]).isEmpty)
        try tamper("DELETE FROM journal WHERE sequence > 25")
        let lost = Finding.commitsLost(last: 25, promised: 30)
        let missing = Finding.chain(.init(organization: name, position: 30, .anchorMissing))
        #expect(try findings() == [lost, missing])
        // Whoever can write to all files makes them agree, but not with what was kept elsewhere.
        #expect(remove("\(path)/journal.mark") == 0)
        #expect(try findings() == [missing])
        #expect(remove("\(path)/tables.db") == 0)
        #expect(try findings().isEmpty)
        #expect(try findings([anchor]) == [missing])
    }

    @Test("a history written anew from some entry on is found by an anchor")
    func forked() throws {
        var clinic = Clinic(seed: 8, organizations: 1)
        try filled(&clinic)
        let name = clinic.organizations[0].description
        let rows = try rows()
        let hash = try #require(rows[29].hash.flatMap { ChainHash($0) })
        let anchor = ChainAnchor(organization: name, position: 30, hash: hash)
        var chain = ChainLink()
        var last = try #require(rows[18].hash.flatMap { ChainHash($0) })
        for var row in rows[19...] {
            row.actor = "somebody else"
            last = row.link(after: last, &chain)
            try tamper(
                """
                UPDATE journal SET actor = '\(row.actor)', hash = x'\(last)'
                WHERE sequence = \(row.sequence)
                """)
        }
        #expect(remove("\(path)/journal.mark") == 0)
        #expect(remove("\(path)/tables.db") == 0)
        #expect(try findings().isEmpty)
        #expect(
            try findings([anchor])
                == [.chain(.init(organization: name, position: 30, .anchorDiffers))])
    }

    @Test("begins where hashing begins: a journal of the first version stays readable")
    func firstVersion() throws {
        var clinic = Clinic(seed: 9, organizations: 2)
        try filled(&clinic)
        try tamper("ALTER TABLE journal DROP COLUMN hash; PRAGMA user_version=1")
        try tamper("UPDATE checkpoints SET hash = NULL", file: "tables.db")
        #expect(try findings().isEmpty)
        let (journal, state) = try recovered(path)
        #expect(state == clinic.state)
        _ = try journal.commit(clinic.make(10))
        try journal.close()
        #expect(try findings().isEmpty)
        let linked = try rows().map { $0.hash != nil }
        #expect(linked == Array(repeating: false, count: 30) + Array(repeating: true, count: 10))
        try tamper("UPDATE journal SET hash = NULL WHERE sequence = 40")
        #expect(try findings().count >= 1)
    }

    @Test("an anchor is read back, and what is none is refused")
    func anchors() {
        let zeros = String(repeating: "0", count: 64)
        #expect(ChainAnchor("slotd-anchor 1 org_x 7 \(zeros)\n")?.position == 7)
        for line in [
            "", "slotd-anchor 2 org_x 7 \(zeros)", "slotd-anchor 1 org_x 0 \(zeros)",
            "slotd-anchor 1 org_x 7 \(zeros)0", "slotd-anchor 1 org_x 7 z\(zeros.dropFirst())",
            "slotd-anchor 1 org_x 7",
        ] { #expect(ChainAnchor(line) == nil, "\(line)") }
    }
}
