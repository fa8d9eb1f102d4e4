import Engine
import Intervals
import Scheduling
import Testing

/// What a reader missed whose changes no channel has any more.
@Suite struct LiveMissedTests {
    private let place = Identifier<Location>(value: 1)
    private let start = Minute(sinceEpoch: 30_000_000)

    private func booking(
        _ id: UInt128, at location: Identifier<Location>? = nil, note: String
    ) throws -> Booking {
        let segment = BookingSegment(
            service: Identifier(value: 1), provider: Identifier(value: 1), anyProvider: false,
            interval: try #require(Interval(start: start, minutes: 30)), bufferBefore: 0,
            bufferAfter: 0)
        return Booking(
            id: Identifier(value: id), patient: Identifier(value: 1), location: location ?? place,
            stage: .new, segments: [segment], timeZone: "UTC", utcOffset: 0, note: note,
            createdBy: "tester", createdAt: Instant(milliseconds: 0), stageHistory: [])
    }

    private func perform(_ world: World, _ writes: [RecordWrite], _ answers: Answers) {
        let now = world.engine.perform(
            in: world.cell,
            MutationCall(
                actor: "tester", rpc: "Test/Write", loop: 0, requestID: "", fingerprint: 0),
            command: { _, _ in Writes(writes: writes) }, encode: { _, _ in [] },
            release: { answers.take($0) })
        if let now { answers.take(now) }
    }

    /// What is told of the changes after a position: notes by booking, nil for one that left.
    private func caughtUp(
        _ world: World, _ topic: LiveTopic, after since: Int64, through end: Int64
    ) throws -> LiveCatchUp {
        let answers = Answers()
        let found = Box<LiveMissed?>()
        let refused = world.engine.missed(
            world.cell, topic, after: since, through: end, loop: 0
        ) { result in
            found.value = try? result.get()
            answers.take(.reply([]))
        }
        #expect(refused == nil)
        _ = answers.wait(1)
        let missed = try #require(found.value.flatMap { $0 })
        let caught = world.engine.present(
            missed, topic, in: world.cell, loop: 0,
            encode: { booking, _, _ in Array(booking.note.utf8) }, release: { _ in })
        return try #require(caught).get()
    }

    @Test("is told as one change: what stays in its last state, what left as gone")
    func together() throws {
        let world = try World(isSteered: false)
        let answers = Answers()
        let day = try #require(Interval(start: start, minutes: 1440))
        let elsewhere = Identifier<Location>(value: 2)
        let history: [[RecordWrite]] = [
            [.put(.booking(try booking(1, note: "one")))],
            [.put(.booking(try booking(2, note: "two")))],
            [.put(.booking(try booking(3, note: "three")))],
            [.put(.booking(try booking(4, at: elsewhere, note: "four")))],
            // From here on it is missed.
            [.put(.booking(try booking(1, note: "one again")))],
            [.put(.booking(try booking(2, at: elsewhere, note: "moved")))],
            [.remove(RecordKey(kind: .booking, id: 3))],
            [.put(.booking(try booking(4, at: elsewhere, note: "four again")))],
            [.put(.booking(try booking(5, note: "five")))],
            [.remove(RecordKey(kind: .booking, id: 5))],
            [.put(.booking(try booking(1, note: "one at last")))],
        ]
        for (number, writes) in history.enumerated() {
            perform(world, writes, answers)
            _ = answers.wait(number + 1)
        }
        let caught = try caughtUp(world, .board(place, day), after: 4, through: 11)
        #expect(caught.position == 11)
        let change = try #require(caught.change)
        #expect(change.position == 11 && !change.needsSnapshot)
        let told = Dictionary(
            uniqueKeysWithValues: change.cards.map { card in
                (card.booking.value, card.bytes.map { String(decoding: $0, as: UTF8.self) })
            })
        #expect(told == [1: "one at last", 2: nil, 3: nil])
        #expect(change.count == 4)
        // Nothing of this booking was missed.
        let other = try caughtUp(world, .booking(Identifier(value: 9)), after: 4, through: 11)
        #expect(other.change == nil)
        world.engine.stop()
    }

    @Test("of a board whose location was changed only the whole helps")
    func head() throws {
        let world = try World(isSteered: false)
        let answers = Answers()
        let day = try #require(Interval(start: start, minutes: 1440))
        let details = Location.Details()
        perform(
            world, [.put(.location(Location(id: place, version: 1, details: details)))], answers)
        _ = answers.wait(1)
        let caught = try caughtUp(world, .board(place, day), after: 0, through: 1)
        #expect(caught.change?.needsSnapshot == true)
        world.engine.stop()
    }
}

/// Writes what it is told to.
private struct Writes: Command {
    var writes: [RecordWrite]

    func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Bool> { Decision(writes, true) }
}

/// A value that is written on another thread before it is waited for.
private final class Box<Value>: @unchecked Sendable {
    var value: Value?
}
