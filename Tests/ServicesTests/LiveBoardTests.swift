import Intervals
import Scheduling
import SlotdAPI
import SwiftProtobuf
import Testing
import WireFormat
import Workload

@testable import Engine
@testable import Services

/// What watchers are told, against what they would see if they asked: the twin of `LiveTopic` is
/// the board itself.
@Suite struct LiveBoardTests {
    /// A reader's copy of one topic: what is to be seen there, encoded.
    private struct Copy {
        let topic: LiveTopic
        var cards: [Identifier<Booking>: [UInt8]]

        init(_ topic: LiveTopic, in organization: Organization) {
            self.topic = topic
            cards = Self.read(topic, in: organization)
        }

        /// The whole, as a snapshot would say it.
        static func read(
            _ topic: LiveTopic, in organization: Organization
        ) -> [Identifier<Booking>: [UInt8]] {
            let bookings =
                switch topic {
                case .board(let location, let day):
                    organization.bookings(at: location, startingIn: day)
                case .booking(let id):
                    organization.bookings[id].map { [$0] } ?? []
                }
            return Dictionary(
                uniqueKeysWithValues: bookings.map { ($0.id, card($0, organization, .distant)) })
        }

        /// Returns whether there was anything to tell.
        mutating func take(_ event: Event, _ touched: Touched, in organization: Organization)
            -> Bool
        {
            let change = topic.change(by: event, touched, in: organization, encode: Self.card)
            guard let change else { return false }
            if change.needsSnapshot {
                self = Copy(topic, in: organization)
            }
            for card in change.cards { cards[card.booking] = card.bytes }
            return true
        }

        /// A card at a time long ago, so that time alone changes nothing.
        static let card: LiveEncoder = { booking, organization, _ in
            encoded(Slotd_V1_BoardCard(booking, in: organization, now: .distant))
        }
    }

    @Test(
        "a snapshot and the changes after it give the board of every revision", arguments: [3, 4])
    func copiesFollow(seed: UInt64) throws {
        let today = try #require(LocalDate(year: 2026, month: 10, day: 30))
        let noon = try #require(TimeZoneDatabase().zone("UTC").day(today)).start
        var sandbox = Sandbox(
            zones: TimeZoneDatabase(), now: Instant(noon.clampedAdding(minutes: 12 * 60)),
            seed: seed)
        var clinic = Clinic.medSpa(patients: 4, today: today, seed: seed)
        clinic.locations.removeLast(2)
        clinic.providers.removeAll { $0.hours.contains { $0.location > 1 } }
        for index in clinic.services.indices {
            clinic.services[index].providers = Array(clinic.providers.indices)
            clinic.services[index].details.notice = 0
        }
        let ids = try sandbox.open(clinic)
        var stream = CommandStream(ids, daysAhead: 2, seed: seed &+ 1)
        stream.weights.catalog = 10
        var copies: [Copy] = []
        for location in ids.locations {
            for ahead in 0...2 as ClosedRange<Int32> {
                let day = try sandbox.organization.boardDay(
                    at: location, date: today.adding(days: ahead), now: sandbox.now)
                copies.append(
                    Copy(.board(location, try #require(day)), in: sandbox.organization))
            }
        }
        var told = 0
        var silent = 0
        for step in 0..<2500 {
            sandbox.now = sandbox.now.adding(seconds: Int64(step % 60))
            let command = stream.next(for: sandbox.organization, now: sandbox.now)
            guard (try? sandbox.perform(command)) != nil, let event = sandbox.lastEvent else {
                continue
            }
            stream.note(event)
            let touched = sandbox.organization.touched(by: event, inverse: sandbox.lastInverse)
            for index in copies.indices {
                if copies[index].take(event, touched, in: sandbox.organization) {
                    told += 1
                } else {
                    silent += 1
                }
            }
            if copies.count < 12, let booking = touched.bookings.first {
                copies.append(Copy(.booking(booking), in: sandbox.organization))
            }
            guard step % 16 == 0 else { continue }
            for copy in copies {
                try #require(
                    copy.cards == Copy.read(copy.topic, in: sandbox.organization),
                    "seed \(seed) step \(step): \(copy.topic) after \(command)")
            }
        }
        #expect(told > 300 && silent > 1000, "\(told) told, \(silent) silent")
    }

    @Test("changes that are put together leave each card in its last state")
    func merged() {
        let first = Identifier<Booking>(value: 1)
        let second = Identifier<Booking>(value: 2)
        var changes: [LiveChange] = []
        for (position, cards) in [
            [LiveCard(first, [1])], [LiveCard(second, [2])], [LiveCard(first, nil)],
            [LiveCard(second, [3]), LiveCard(first, [4])],
        ].enumerated() {
            var change = LiveChange(
                Event(
                    position: Int64(position + 5), at: Instant(milliseconds: Int64(position)),
                    actor: "actor\(position)", rpc: "Test/Do", writes: []))
            change.cards = cards
            changes.append(change)
        }
        let some = WatchedChange(merging: Array(changes.prefix(3)))
        #expect(some.cards.map(\.booking) == [second, first])
        #expect(some.cards.map(\.bytes) == [[2], nil])
        let all = WatchedChange(merging: changes)
        #expect(all.cards.map(\.bytes) == [[3], [4]])
        #expect(all.position == 8 && all.mergedCount == 4 && all.actor == "actor3")
    }

    @Test("what is written by hand reads as the generated messages")
    func replies() throws {
        let beat = encoded(Slotd_V1_Heartbeat.with { $0.serverNow = .init(seconds: 9) })
        for (previous, revision) in [(0, 1), (127, 128), (1 << 40, Int64.max)] as [(Int64, Int64)] {
            let bytes = WatchReply.encode(
                .heartbeat, beat, previous: previous, revision: revision)
            let board = try Slotd_V1_WatchBoardResponse(serializedBytes: bytes)
            #expect(board.heartbeat.serverNow.seconds == 9)
            #expect(board.previousRevision == previous && board.revision == revision)
            let booking = try Slotd_V1_WatchBookingResponse(serializedBytes: bytes)
            #expect(booking.heartbeat.serverNow.seconds == 9)
            #expect(booking.previousRevision == previous && booking.revision == revision)
        }
        var writer = MessageWriter(
            after: encoded(Slotd_V1_BoardChange.with { $0.rpc = "Test/Do" }))
        writer.message(1, encoded(Slotd_V1_BoardCard.with { $0.patientName = "Jane" }))
        let reply = try Slotd_V1_WatchBoardResponse(
            serializedBytes: WatchReply.encode(.change, writer.bytes, previous: 1, revision: 2))
        #expect(reply.change.cards.map(\.patientName) == ["Jane"])
        #expect(reply.change.rpc == "Test/Do")
    }
}

extension Instant {
    /// Before every visit.
    fileprivate static let distant = Instant(milliseconds: 0)
}
