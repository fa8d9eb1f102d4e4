internal import Engine
internal import SQLite
internal import Scheduling
internal import TestSupport
internal import Testing

@testable internal import Storage

/// What is read back, against the list of what was committed.
@Suite("The trail")
struct TrailTests {
    let temporary = TemporaryDirectory()
    var path: String { temporary.file("data") }

    /// What a window must show, by the plainest means.
    func expected(
        _ clinic: Clinic, _ organization: Identifier<OrganizationProfile>, _ window: TrailWindow
    ) -> (positions: [Int64], next: Int64?) {
        var all = clinic.entries.filter { $0.organization == organization }.map(\.event)
            .filter { event in
                window.positions.contains(event.position)
                    && (window.about.map { event.subjects.contains($0) } ?? true)
            }.map(\.position)
        if window.newestFirst { all.reverse() }
        let shown = min(window.limit, window.readMax)
        return (Array(all.prefix(shown)), all.count > shown ? all[shown] : nil)
    }

    @Test("a window shows its entries, and where to go on", arguments: 1...4 as ClosedRange<UInt64>)
    func windows(seed: UInt64) throws {
        var clinic = Clinic(seed: seed)
        var seeded = Seeded(seed)
        var limits = StorageLimits()
        limits.writeDelayMilliseconds = 3_600_000
        var (journal, _) = try recovered(path, limits: limits)
        for round in 0..<6 {
            for _ in 0..<4 { _ = try journal.commit(clinic.make(40)) }
            if round % 2 == 1 {
                try journal.close()
                (journal, _) = try recovered(path, limits: limits)
            }
            for _ in 0..<60 {
                let organization = clinic.organizations[Int(seeded.int(0...2))]
                guard let end = clinic.state.positions[organization] else { continue }
                let first = Int64(seeded.int(1...Int32(end)))
                let positions = first...Int64(seeded.int(Int32(first)...Int32(end)))
                let subjects = clinic.entries.flatMap(\.event.subjects)
                let window = TrailWindow(
                    about: seeded.bool() ? subjects.randomElement(using: &seeded) : nil,
                    positions, newestFirst: seeded.bool(), limit: Int(seeded.int(1...100)))
                let page = try journal.page(of: organization, window) { _ in true }
                let wanted = expected(clinic, organization, window)
                try #require(
                    page.entries.map(\.event.position) == wanted.positions, "\(window)")
                // The index cannot know that what it has left is another's.
                if page.next != wanted.next {
                    #expect(window.about != nil && wanted.next == nil)
                }
                for entry in page.entries {
                    let own = clinic.entries.first {
                        $0.organization == organization
                            && $0.event.position == entry.event.position
                    }
                    try #require(own?.event == entry.event)
                }
            }
        }
        try journal.close()
    }

    @Test("another organization's record shows nothing, however many entries it has")
    func foreignSubject() throws {
        var clinic = Clinic(seed: 6, organizations: 2)
        let (journal, _) = try recovered(path)
        for _ in 0..<10 { _ = try journal.commit(clinic.make(100)) }
        let (own, foreign) = (clinic.organizations[0], clinic.organizations[1])
        let end = try #require(clinic.state.positions[own])
        for entry in clinic.entries where entry.organization == foreign {
            for subject in entry.event.subjects {
                let window = TrailWindow(about: subject, 1...Int64(end), limit: 1)
                let page = try journal.page(of: own, window) { _ in true }
                #expect(page.entries.isEmpty && page.next == nil)
            }
        }
        try journal.close()
    }

    @Test("what is not accepted is passed over, up to a bound on what is looked at")
    func filtered() throws {
        var clinic = Clinic(seed: 5, organizations: 1)
        let (journal, _) = try recovered(path)
        for _ in 0..<10 { _ = try journal.commit(clinic.make(100)) }
        let window = TrailWindow(1...1000, limit: 10, readMax: 500)
        let page = try journal.page(of: clinic.organizations[0], window) { $0.position % 100 == 0 }
        #expect(page.entries.map(\.event.position) == [100, 200, 300, 400, 500])
        #expect(page.next == 501)
        try journal.close()
    }

    @Test("can be read and checked while commits go on, and sees only whole ones")
    func concurrent() async throws {
        var clinic = Clinic(seed: 6, organizations: 2)
        let (journal, _) = try recovered(path)
        _ = try journal.commit(clinic.make(200))
        let organization = clinic.organizations[0]
        let end = try #require(clinic.state.positions[organization])
        let task = Task {
            var count = 0
            for _ in 0..<20 {
                let report = try journal.check(
                    organization, through: end, anchors: [], findingsMax: 10)
                #expect(report.findings.isEmpty)
                let page = try journal.page(
                    of: organization, TrailWindow(1...end, limit: 1000)
                ) { _ in true }
                count += page.entries.count
            }
            return count
        }
        for _ in 0..<50 { _ = try journal.commit(clinic.make(20)) }
        #expect(try await task.value == 20 * Int(end))
        try journal.close()
    }

    @Test("a live check follows the chain, and finds what was done to the file before the start")
    func check() throws {
        var clinic = Clinic(seed: 7, organizations: 2)
        var (journal, _) = try recovered(path)
        _ = try journal.commit(clinic.make(100))
        let organization = clinic.organizations[0]
        let end = try #require(clinic.state.positions[organization])
        let good = try journal.check(organization, through: end, anchors: [], findingsMax: 10)
        #expect(good.findings.isEmpty)
        #expect(good.count == end)
        let anchor = try #require(good.anchor)
        #expect(anchor.position == end && anchor.organization == organization.description)
        try journal.close()
        try Connection(path: "\(path)/journal.db").execute(
            """
            UPDATE journal SET actor = 'nobody'
            WHERE organization = '\(organization)' AND position = 9
            """)
        (journal, _) = try recovered(path)
        let bad = try journal.check(
            organization, through: end,
            anchors: [
                anchor,
                ChainAnchor(organization: organization.description, position: 3, hash: .start),
                ChainAnchor(
                    organization: organization.description, position: end + 1, hash: .start),
                ChainAnchor(organization: "another", position: 1, hash: .start),
            ], findingsMax: 10)
        let name = organization.description
        #expect(
            bad.findings == [
                ChainFinding(organization: name, position: 3, .anchorDiffers),
                ChainFinding(organization: name, position: 9, .broken),
                ChainFinding(organization: name, position: end + 1, .anchorMissing),
            ])
        try journal.close()
    }

    @Test(
        "tables of every earlier version get the index by being written anew",
        arguments: 1...6 as ClosedRange<Int64>)
    func migration(version: Int64) throws {
        var clinic = Clinic(seed: 8)
        let (journal, _) = try recovered(path)
        _ = try journal.commit(clinic.make(100))
        try journal.close()
        do {
            // As that version's steps make them, empty: the journal has all that there is.
            let tables = try Connection(path: "\(path)/tables.db")
            let names = try tables.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
            var drops: [String] = []
            while try names.step() { drops.append("DROP TABLE \(names.text(0))") }
            for drop in drops { try tables.execute(drop) }
            for step in Schema.tables.steps.prefix(Int(version)) { try tables.execute(step) }
            try tables.execute("PRAGMA user_version=\(version)")
        }
        let (again, state) = try recovered(path)
        #expect(state == clinic.state)
        for organization in clinic.organizations {
            let end = try #require(clinic.state.positions[organization])
            let page = try again.page(
                of: organization, TrailWindow(1...end, limit: 1000)
            ) { _ in true }
            #expect(page.entries.count == Int(end))
        }
        try again.close()
        #expect(
            try Storage.open(directory: path).verify(now: Instant(milliseconds: 0)).allSatisfy {
                if case .overlap = $0 { true } else { false }
            })
    }

    @Test("days are those of UTC, also before 1970")
    func days() {
        #expect(TrailSubject.days(from: 0, until: 1440) == 0...0)
        #expect(TrailSubject.days(from: -1, until: 1441) == -1...1)
        #expect(TrailSubject.days(from: -1440, until: 0) == -1...(-1))
        #expect(TrailSubject.days(from: -1441, until: -1440) == -2...(-2))
    }
}
