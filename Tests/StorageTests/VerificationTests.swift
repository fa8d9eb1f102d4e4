internal import Engine
internal import Intervals
internal import SQLite
internal import Scheduling
internal import TestSupport
internal import Testing

@testable internal import Storage

@Suite("Verification")
struct VerificationTests {
    let temporary = TemporaryDirectory()
    var path: String { temporary.file("data") }
    let now = Instant(milliseconds: 1_800_000_000_000)

    /// Commits the writes as one event and closes.
    func store(_ writes: [RecordWrite], _ clinic: inout Clinic) throws {
        let (journal, _) = try recovered(path)
        _ = try journal.commit([clinic.make(writes)])
        try journal.close()
    }

    func findings() throws -> [Finding] {
        try Storage.open(directory: path).verify(now: now)
    }

    func tamper(_ file: String, _ sql: String) throws {
        try Connection(path: "\(path)/\(file)").execute(sql)
    }

    /// A booking of one hour by one provider.
    func booking(_ clinic: inout Clinic, _ provider: Identifier<Provider>, _ start: Int32)
        -> Booking
    {
        guard case .booking(var booking) = clinic.seeded.record(.booking),
            let interval = Interval(start: Minute(sinceEpoch: start), minutes: 60)
        else { preconditionFailure("a booking") }
        booking.stage = .new
        booking.overrides = []
        booking.segments = [
            BookingSegment(
                service: clinic.seeded.id(), provider: provider, anyProvider: false,
                interval: interval, bufferBefore: 5, bufferAfter: 10)
        ]
        return booking
    }

    @Test("finds nothing in a new directory, and nothing after touching occupancies")
    func clean() throws {
        #expect(try findings().isEmpty)
        var clinic = Clinic(seed: 1)
        let provider: Identifier<Provider> = clinic.seeded.id()
        let writes = (0..<20).map { index in
            RecordWrite.put(.booking(booking(&clinic, provider, Int32(index) * 75)))
        }
        try store(writes, &clinic)
        #expect(try findings().isEmpty)
    }

    @Test("finds every overlap, also with one that began long before")
    func overlaps() throws {
        var clinic = Clinic(seed: 2)
        let provider: Identifier<Provider> = clinic.seeded.id()
        var long = booking(&clinic, provider, 0)
        long.segments[0].interval = try #require(
            Interval(start: Minute(sinceEpoch: 0), minutes: 500))
        let short = booking(&clinic, provider, 100)
        let late = booking(&clinic, provider, 400)
        let free = booking(&clinic, provider, 600)
        try store([long, short, late, free].map { .put(.booking($0)) }, &clinic)
        let expected = [short, late].map { other in
            Finding.overlap(
                provider: provider.description, first: long.id.description,
                second: other.id.description,
                atUnixSeconds: other.segments[0].padded.start.unixSeconds)
        }
        #expect(try findings() == expected)
    }

    @Test("finds no fault with overlaps that the records let be")
    func allowedOverlaps() throws {
        var clinic = Clinic(seed: 6)
        let provider: Identifier<Provider> = clinic.seeded.id()
        // Buffers, 10 minutes after and 5 before, are shared.
        let first = booking(&clinic, provider, 0)
        let shares = booking(&clinic, provider, 70)
        // In the first one's processing, which leaves the provider free.
        var waits = booking(&clinic, provider, 1000)
        waits.segments[0].processing = 40
        waits.segments[0].providerPhases = [.core, .preparation, .turnover]
        var between = booking(&clinic, provider, 1025)
        between.segments[0].interval = try #require(
            Interval(start: Minute(sinceEpoch: 1025), minutes: 20))
        // A session of two, and one that was booked over them on purpose.
        var session = (0..<2).map { _ in booking(&clinic, provider, 2000) }
        for index in session.indices {
            session[index].location = session[0].location
            session[index].segments[0].service = session[0].segments[0].service
            session[index].segments[0].capacity = 2
        }
        var over = booking(&clinic, provider, 2030)
        over.overrides = [.slotTaken]
        let all = [first, shares, waits, between, over] + session
        try store(
            all.map { booking in
                var booking = booking
                if booking.id != over.id { booking.overrides = [] }
                return .put(.booking(booking))
            }, &clinic)
        #expect(try findings().isEmpty)
        // Another service's is not of the session.
        var stranger = session[0]
        stranger.segments[0].service = clinic.seeded.id()
        stranger.overrides = []
        try store([.put(.booking(stranger))], &clinic)
        #expect(try findings().count == 1)
    }

    @Test("counts a hold until it expires")
    func holds() throws {
        var clinic = Clinic(seed: 3)
        let provider: Identifier<Provider> = clinic.seeded.id()
        let taken = booking(&clinic, provider, 0)
        func hold(_ expiresAt: Instant) -> Hold {
            Hold(
                id: clinic.seeded.id(), owner: "o", patient: nil, location: clinic.seeded.id(),
                segments: taken.segments, createdAt: now, expiresAt: expiresAt)
        }
        let (void, live) = (hold(now), hold(Instant(milliseconds: now.milliseconds + 1)))
        try store([.put(.booking(taken)), .put(.hold(void))], &clinic)
        #expect(try findings().isEmpty)
        try store([.put(.hold(live))], &clinic)
        #expect(try findings().count == 1)
    }

    @Test("goes by a development directory's clock, which the real one may be years ahead of")
    func testClock() throws {
        var clinic = Clinic(seed: 3)
        let taken = booking(&clinic, clinic.seeded.id(), 0)
        let expiry = Instant(milliseconds: now.milliseconds + 1)
        let hold = Hold(
            id: clinic.seeded.id(), owner: "o", patient: nil, location: clinic.seeded.id(),
            segments: taken.segments, createdAt: now, expiresAt: expiry)
        func profile(_ clock: Instant) -> RecordWrite {
            let old = clinic.seeded.profile()
            return .put(
                .organization(
                    OrganizationProfile(
                        id: clinic.organizations[0], version: 1, details: old.details,
                        testClock: clock)))
        }
        try store([profile(now), .put(.booking(taken)), .put(.hold(hold))], &clinic)
        #expect(try findings().count == 1)
        try store([profile(expiry)], &clinic)
        #expect(try findings().isEmpty)
    }

    @Test("finds records and occupancies that are not what the journal made")
    func tampered() throws {
        var clinic = Clinic(seed: 4)
        let provider: Identifier<Provider> = clinic.seeded.id()
        let bookings = (0..<3).map { index in booking(&clinic, provider, Int32(index) * 100) }
        try store(bookings.map { .put(.booking($0)) }, &clinic)
        let ids = bookings.map(\.id.description)
        // The second has the third's record in its row; the first's row is gone.
        try tamper(
            "tables.db",
            """
            DELETE FROM bookings WHERE id = '\(ids[0])';
            DELETE FROM occupancies WHERE owner = '\(ids[1])'
            """)
        var changed = bookings[2]
        changed.note += "!"
        let hex = Record.booking(changed).encoded.map {
            String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
        }
        try tamper(
            "tables.db", "UPDATE bookings SET record = x'\(hex.joined())' WHERE id = '\(ids[2])'")
        let found = try findings()
        #expect(found.contains(.recordMissing(id: ids[0])))
        #expect(found.contains(.occupancyDiffers(owner: ids[1])))
        #expect(found.contains(.recordDiffers(id: ids[2])))
    }

    @Test("finds what the trail's index hides, and what it makes up")
    func trailIndex() throws {
        var clinic = Clinic(seed: 8, organizations: 1)
        let provider: Identifier<Provider> = clinic.seeded.id()
        let bookings = (0..<3).map { index in booking(&clinic, provider, Int32(index) * 100) }
        for booking in bookings { try store([.put(.booking(booking))], &clinic) }
        #expect(try findings().isEmpty)
        func hex(_ id: UInt128) -> String {
            let digits = String(id, radix: 16)
            return String(repeating: "0", count: 32 - digits.count) + digits
        }
        func text(_ id: UInt128) -> String {
            String(Identifier<Booking>(value: id).description.dropFirst("booking_".count))
        }
        let ids = bookings.map(\.id.value)
        // The first one's history is hidden; the second is led to the third's entry; the third
        // entry is not found by its revision.
        try tamper(
            "tables.db",
            """
            DELETE FROM trail WHERE subject = x'\(hex(ids[0]))';
            INSERT INTO trail (subject, sequence) VALUES (x'\(hex(ids[1]))', 3), (x'00', 99);
            DELETE FROM trail_positions WHERE sequence = 3
            """)
        let name = clinic.organizations[0].description
        let found = try findings()
        #expect(
            Set(found.map(\.description))
                == Set(
                    [
                        .trailLacks(organization: name, position: 1, subject: text(ids[0])),
                        .trailUnexpected(sequence: 3, subject: text(ids[1])),
                        .trailLacks(organization: name, position: 3, subject: ""),
                        .trailUnexpected(sequence: 99, subject: "1 bytes"),
                    ].map { (finding: Finding) in finding.description }))
    }

    @Test("finds gaps of the journal")
    func gaps() throws {
        var clinic = Clinic(seed: 5, organizations: 1)
        let (journal, _) = try recovered(path)
        _ = try journal.commit(clinic.make(10))
        try journal.close()
        try tamper("journal.db", "DELETE FROM journal WHERE sequence = 5")
        let found = try findings()
        #expect(found.contains(.entryMissing(sequence: 5)))
        #expect(
            found.contains(
                .gap(organization: clinic.organizations[0].description, expected: 5, found: 6)))
    }
}
