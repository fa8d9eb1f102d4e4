import Engine
import Intervals
import Scheduling
import Testing

/// Watching through the engine, on a journal that commits when it is told to.
@Suite struct LiveTests {
    @Test("a watcher hears of a change once it is durable, and not before")
    func durableFirst() throws {
        let world = try World()
        let start = try world.watch(1)
        let answers = Answers()
        world.put(1, note: "first", answers)
        world.journal.waitForCommits(1)
        #expect(start.told == [])
        world.journal.allow(.commit)
        _ = answers.wait(1)
        #expect(start.told == ["first"])
        world.engine.stop()
    }

    @Test("a change that a full disk took back is never told")
    func takenBack() throws {
        let world = try World()
        let start = try world.watch(1)
        let answers = Answers()
        world.put(1, note: "lost", answers)
        world.journal.allow(.full)
        #expect(answers.wait(1)[0].refusal == .storageFull)
        world.advance(milliseconds: 2000)
        world.put(1, note: "kept", answers)
        world.journal.allow(.commit)
        _ = answers.wait(2)
        #expect(start.told == ["kept"])
        world.engine.stop()
    }

    @Test("only what a topic shows is told, and the reached position goes on all the same")
    func otherBookings() throws {
        let world = try World(isSteered: false)
        let start = try world.watch(1)
        let answers = Answers()
        world.put(2, note: "another", answers)
        _ = answers.wait(1)
        guard case .changes(let changes, let reached) = start.subscription.news(after: 0) else {
            Issue.record("the changes are lost")
            return
        }
        #expect(changes.isEmpty)
        #expect(reached == 1)
        world.engine.stop()
    }

    @Test("who falls behind what is kept is told so; who keeps up misses nothing")
    func bounded() throws {
        var limits = EngineLimits()
        limits.liveChanges = 4
        let world = try World(isSteered: false, limits: limits)
        let start = try world.watch(1)
        let answers = Answers()
        var notes: [String] = []
        var position: Int64 = 0
        for number in 1...20 {
            world.put(1, note: "\(number)", answers)
            _ = answers.wait(number)
            if number % 3 == 0 {
                let (new, reached) = try #require(start.read(after: position))
                notes += new
                position = reached
            }
        }
        #expect(notes == (1...18).map { "\($0)" })
        #expect(start.read(after: 15) == nil)
        #expect(start.read(after: 16)?.notes == ["17", "18", "19", "20"])
        world.engine.stop()
    }

    @Test("one that comes back in time goes on where it was; later it is told to begin again")
    func comesBack() throws {
        var limits = EngineLimits()
        limits.liveChanges = 4
        let world = try World(isSteered: false, limits: limits)
        let answers = Answers()
        var start: LiveStart<Int>? = try world.watch(1)
        world.put(1, note: "seen", answers)
        _ = answers.wait(1)
        #expect(start?.told == ["seen"])
        start = nil
        world.put(1, note: "missed", answers)
        _ = answers.wait(2)
        start = try world.watch(1)
        #expect(start?.position == 2)
        #expect(start?.read(after: 1)?.notes == ["missed"])
        start = nil
        for number in 3...8 {
            world.put(2, note: "another", answers)
            _ = answers.wait(number)
        }
        start = try world.watch(1)
        #expect(start?.read(after: 2) == nil)
        #expect(start?.read(after: 8)?.notes == [])
        world.engine.stop()
    }

    @Test("of topics that nobody watches any more, only so many are kept")
    func idleBound() throws {
        var limits = EngineLimits()
        limits.idleTopics = 2
        let world = try World(isSteered: false, limits: limits)
        let answers = Answers()
        for id in 1...3 as ClosedRange<UInt128> {
            let start = try world.watch(id)
            withExtendedLifetime(start) {}
        }
        world.put(4, note: "another", answers)
        _ = answers.wait(1)
        let starts = try (1...3 as ClosedRange<UInt128>).reversed().map { try world.watch($0) }
        #expect(starts.map { $0.read(after: 0) != nil } == [true, true, false])
        world.engine.stop()
    }

    @Test("watchers beyond the bound are refused, and one that leaves makes room")
    func watcherBound() throws {
        var limits = EngineLimits()
        limits.watchers = 2
        let world = try World(isSteered: false, limits: limits)
        let first = try world.watch(1)
        var second: LiveStart<Int>? = try world.watch(2)
        #expect(throws: Rejection.self) { try world.watch(3) }
        #expect(second != nil)
        second = nil
        _ = try world.watch(3)
        withExtendedLifetime(first) {}
        world.engine.stop()
    }

    @Test("ended watches hear of it, and none begins any more")
    func ended() async throws {
        let world = try World(isSteered: false)
        let start = try world.watch(1)
        world.engine.endWatches()
        var wakes = start.subscription.wakes.makeAsyncIterator()
        #expect(await wakes.next() == nil)
        #expect(throws: Rejection.self) { try world.watch(1) }
        world.engine.stop()
    }
}

extension World {
    /// Watches the booking of this id; the journal must owe nothing.
    fileprivate func watch(_ id: UInt128) throws -> LiveStart<Int> {
        let result = engine.watch(cell, loop: 0) { _, _ in
            (.booking(Identifier(value: id)), 0)
        } encode: { booking, _, _ in
            Array(booking.note.utf8)
        } release: { _ in
            Issue.record("nothing is owed, so the answer comes at once")
        }
        return try #require(result).get()
    }

    /// Stores a booking with this note.
    fileprivate func put(_ id: UInt128, note: String, _ answers: Answers) {
        let now = engine.perform(
            in: cell,
            MutationCall(
                actor: "tester", rpc: "Test/Put", loop: 0, requestID: "", fingerprint: 0),
            command: { _, _ in PutBooking(id: Identifier(value: id), note: note) },
            encode: { _, _ in [] }, release: { answers.take($0) })
        if let now { answers.take(now) }
    }
}

/// Stores a booking, whatever was there.
private struct PutBooking: Command {
    var id: Identifier<Booking>
    var note: String

    func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Bool> {
        let start = Minute(sinceEpoch: 30_000_000)
        guard let interval = Interval(start: start, minutes: 30) else {
            throw .invalid("start", "is out of range")
        }
        let segment = BookingSegment(
            service: Identifier(value: 1), provider: Identifier(value: 1), anyProvider: false,
            interval: interval, bufferBefore: 0, bufferAfter: 0)
        let booking = Booking(
            id: id, patient: Identifier(value: 1), location: Identifier(value: 1), stage: .new,
            segments: [segment], timeZone: "UTC", utcOffset: 0, note: note,
            createdBy: context.actor, createdAt: context.now, stageHistory: [])
        return Decision([.put(.booking(booking))], true)
    }
}

extension LiveStart {
    /// The notes of all changes since the start of time.
    fileprivate var told: [String] { read(after: 0)?.notes ?? ["lost"] }

    /// The notes after a position and how far they reach; nil when some are lost.
    fileprivate func read(after position: Int64) -> (notes: [String], reached: Int64)? {
        guard case .changes(let changes, let reached) = subscription.news(after: position) else {
            return nil
        }
        let notes = changes.flatMap(\.cards).compactMap(\.bytes)
            .map { String(decoding: $0, as: UTF8.self) }
        return (notes, reached)
    }
}
