import Engine
import Intervals
import Scheduling
import Testing

/// The clock of a development directory.
@Suite struct TestClockTests {
    private let start = Instant(milliseconds: 1_000_000_000_000)

    private func hold(_ number: UInt128, expiresAt: Instant) throws -> Record {
        let interval = try #require(
            Interval(start: Minute(sinceEpoch: Int32(number) * 30), minutes: 30))
        return .hold(
            Hold(
                id: Identifier(value: number), owner: "web", patient: nil,
                location: Identifier(value: 1),
                segments: [
                    BookingSegment(
                        service: Identifier(value: 2), provider: Identifier(value: 3),
                        anyProvider: false, interval: interval, bufferBefore: 0, bufferAfter: 0)
                ],
                createdAt: start, expiresAt: expiresAt))
    }

    @Test("Time stands still until it is moved, whatever the real clock does")
    func frozen() throws {
        let world = try World(isSteered: false, testClock: TestClock(at: start))
        world.advance(milliseconds: 3_600_000)
        #expect(world.engine.now == start)
        let answers = Answers()
        world.move(.by(milliseconds: 1), answers)
        #expect(answers.wait(1)[0].text == "1000000000001")
        #expect(world.engine.now == start.adding(milliseconds: 1))
        #expect(world.journal.durable.map(\.event.at) == [start])
        world.engine.stop()
    }

    @Test("Nobody sees a new time before it is durable, and a full disk takes it back")
    func durableFirst() throws {
        let world = try World(testClock: TestClock(at: start))
        let answers = Answers()
        let next = start.adding(seconds: 60)
        world.move(.to(next), answers)
        world.journal.waitForCommits(1)
        #expect(world.engine.now == start)
        world.journal.allow(.full)
        #expect(answers.wait(1)[0].refusal == .storageFull)
        #expect(world.engine.now == start)
        // The disk is tried again as the real time goes by: the test clock's stands still.
        #expect(world.engine.isDiskFull)
        world.advance(milliseconds: 1000)
        world.move(.to(next), answers)
        world.journal.allow(.commit)
        #expect(answers.wait(2)[1].text == "\(next.milliseconds)")
        #expect(world.engine.now == next)
        world.engine.stop()
    }

    @Test("All that is due by the new time is done, and durable, before the reply")
    func sweeps() throws {
        // More than one sweep takes at once.
        let old = try (1...2500).map { try hold(UInt128($0), expiresAt: start) }
        let kept = try hold(9000, expiresAt: start.adding(milliseconds: 1))
        let world = try World(
            isSteered: false, testClock: TestClock(at: start), records: old + [kept])
        let answers = Answers()
        world.move(.by(milliseconds: 86_400_000), answers)
        #expect(answers.wait(1)[0].refusal == nil)
        let removed = world.journal.durable.flatMap(\.event.writes).filter {
            if case .remove = $0 { true } else { false }
        }
        #expect(removed.count == 2500)
        // The trail says of each that it expired, before it goes.
        let events = world.journal.durable.map(\.event)
        let told = events.filter { $0.rpc == "HoldExpired" }.flatMap(\.writes).compactMap { write in
            if case .put(.hold(let hold)) = write, hold.hasExpired { hold.id } else { nil }
        }
        #expect(told.count == 2501 && Set(told).count == 2501)
        #expect(events.drop { $0.rpc != "HoldExpired" }.allSatisfy { $0.actor == "slotd" })
        let left = world.engine.advise(world.cell) { organization, _ in organization.holds.count }
        #expect(try left.get() == 1)
        // Nothing is due, so nothing is written.
        try world.engine.sweep()
        world.engine.stop()
        #expect(world.journal.durable.count == events.count)
    }

    @Test("A repeated move gets its first reply and moves nothing; another time is another request")
    func repeated() throws {
        let world = try World(isSteered: false, testClock: TestClock(at: start))
        let answers = Answers()
        world.move(.by(milliseconds: 5), requestID: "a", answers)
        _ = answers.wait(1)
        world.move(.by(milliseconds: 5), requestID: "a", answers)
        let again = answers.wait(2)[1]
        #expect(again.isReplayed && again.text == "1000000000005")
        #expect(world.engine.now == start.adding(milliseconds: 5))
        world.engine.stop()
    }

    @Test("Two moves at a time add up")
    func addUp() throws {
        let world = try World(testClock: TestClock(at: start))
        let answers = Answers()
        world.move(.by(milliseconds: 5), answers)
        world.journal.waitForCommits(1)
        world.move(.by(milliseconds: 7), answers)
        world.journal.allow(.commit)
        world.journal.allow(.commit)
        _ = answers.wait(2)
        #expect(world.engine.now == start.adding(milliseconds: 12))
        world.engine.stop()
    }

    @Test("Time is one for all organizations, and a new one is marked like the others")
    func organizations() throws {
        let world = try World(isSteered: false, testClock: TestClock(at: start))
        let answers = Answers()
        world.createOrganization("other", answers)
        _ = answers.wait(1)
        let other = try #require(world.engine.organization("other"))
        world.move(.by(milliseconds: 60_000), in: other, answers)
        _ = answers.wait(2)
        #expect(world.engine.now == start.adding(seconds: 60))
        world.move(.to(start.adding(seconds: 59)), answers)
        #expect(answers.wait(3)[2].refusal == .invalidValue)
        let marks = [world.cell, other].map { cell in
            try? world.engine.advise(cell) { organization, _ in organization.profile.testClock }
                .get()
        }
        #expect(marks == [start, start.adding(seconds: 60)])
        world.engine.stop()
    }

    @Test("Without a test clock a move is refused, and the time is the real one")
    func production() throws {
        let world = try World(isSteered: false)
        let answers = Answers()
        world.move(.by(milliseconds: 1), answers)
        #expect(answers.wait(1)[0].refusal == .testClockOff)
        #expect(world.engine.now == Instant(milliseconds: 1_800_000_000_000))
        world.createOrganization("other", answers)
        _ = answers.wait(2)
        let other = try #require(world.engine.organization("other"))
        let mark = try world.engine.advise(other) { organization, _ in
            organization.profile.testClock
        }.get()
        #expect(mark == nil)
        world.engine.stop()
    }
}

extension Instant {
    fileprivate func adding(milliseconds: Int64) -> Instant {
        Instant(milliseconds: self.milliseconds + milliseconds)
    }
}
