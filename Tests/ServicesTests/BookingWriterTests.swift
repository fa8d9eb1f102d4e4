import Intervals
import Scheduling
import SlotdAPI
import SwiftProtobuf
import Testing
import WireFormat
import Workload

@testable import Services

/// The hand-made encoder of bookings beside the generated code, which is its twin.
@Suite struct BookingWriterTests {
    @Test(
        "what is written by hand is, byte for byte, what the generated code writes",
        arguments: [1, 2, 3])
    func twins(seed: UInt64) throws {
        let today = try #require(LocalDate(year: 2026, month: 10, day: 30))
        let noon = try #require(TimeZoneDatabase().zone("UTC").day(today)).start
        var sandbox = Sandbox(
            zones: TimeZoneDatabase(), now: Instant(noon.clampedAdding(minutes: 12 * 60)),
            seed: seed)
        let ids = try sandbox.open(Clinic.medSpa(patients: 20, today: today, seed: seed))
        var stream = CommandStream(ids, daysAhead: 5, seed: seed &+ 1)
        var compared = 0
        for step in 0..<1500 {
            let command = stream.next(for: sandbox.organization, now: sandbox.now)
            do throws(Rejection) {
                try sandbox.perform(command)
            } catch {
                continue
            }
            guard let event = sandbox.lastEvent else { continue }
            stream.note(event)
            for case .put(.booking(let booking)) in event.writes {
                // Only what has just been judged is known to lie in hours; a hold was judged when
                // it was placed.
                if command.command is CreateBooking, !event.writes.contains(where: isEndOfHold) {
                    compare(booking, in: sandbox, isExpired: step % 2 == 0)
                    compared += 1
                } else {
                    compareMessage(booking, in: sandbox)
                }
            }
        }
        #expect(compared > 20)
    }

    @Test("what no random run makes is written alike, too")
    func rareFields() throws {
        let sandbox = Sandbox(
            zones: TimeZoneDatabase(), now: Instant(milliseconds: 1), seed: 1)
        let start = Minute(sinceEpoch: -600)
        let interval = try #require(Interval(start: start, minutes: 90))
        var segment = BookingSegment(
            service: Identifier(value: 7), provider: Identifier(value: 8), anyProvider: true,
            interval: interval, bufferBefore: 5, bufferAfter: 200)
        segment.processing = 20
        segment.finishing = 30
        var room = ResourceUse()
        room.resource = Identifier(value: 4)
        room.pool = "rooms"
        room.quantity = 3
        var helper = ResourceUse()
        helper.provider = Identifier(value: 5)
        segment.uses = [room, helper]
        var booking = Booking(
            id: Identifier(value: .max), version: 1 << 40, externalRef: "réf",
            patient: Identifier(value: 2), location: Identifier(value: 3), stage: .cancelled,
            segments: [segment, segment], timeZone: "Asia/Kathmandu", utcOffset: -345,
            isWalkIn: true, note: String(repeating: "n", count: 2000),
            overrides: [.outsideHours, .resync], createdBy: "a",
            createdAt: Instant(milliseconds: -1),
            stageHistory: [
                StageChange(
                    stage: .new, at: Instant(milliseconds: -1999), actor: "b", reason: "r",
                    isUndo: true)
            ])
        booking.overrideNote = "why"
        booking.overrideRole = "manager"
        booking.group = Identifier(value: 11)
        booking.cancellation = Cancellation(
            actor: "c", at: Instant(milliseconds: 1500), reason: "late",
            fee: Money(minor: 1, currency: "USD"), refund: Money(minor: 0, currency: "EUR"))
        booking.deposit = Deposit(amount: Money(minor: 1 << 40, currency: "USD"), isPaid: false)
        booking.releasedAt = start
        compare(booking, in: sandbox, isExpired: true)
        booking.deposit?.isPaid = true
        booking.deposit?.refunded = 9
        compare(booking, in: sandbox, isExpired: false)
    }

    private func isEndOfHold(_ write: RecordWrite) -> Bool {
        if case .remove(let key) = write { key.kind == .hold } else { false }
    }

    private func compareMessage(_ booking: Booking, in sandbox: Sandbox) {
        let organization = sandbox.organization
        let twin = Slotd_V1_CreateBookingResponse.with {
            $0.booking = Slotd_V1_Booking(booking, in: organization, now: sandbox.now)
        }
        var writer = MessageWriter()
        writer.booking(1, booking, in: organization, now: sandbox.now)
        #expect(writer.bytes == encoded(twin))
    }

    private func compare(_ booking: Booking, in sandbox: Sandbox, isExpired: Bool) {
        let organization = sandbox.organization
        let twin = Slotd_V1_CreateBookingResponse.with {
            $0.booking = Slotd_V1_Booking(booking, in: organization, now: sandbox.now)
            $0.holdHadExpired = isExpired
            $0.warnings = isExpired ? [.patientOverlap] : []
            $0.revision = organization.position
        }
        var planned = PlannedBooking(booking: booking)
        planned.holdHadExpired = isExpired
        planned.warnings = isExpired ? [.patientOverlap] : []
        #expect(planned.reply(in: organization, now: sandbox.now) == encoded(twin))
    }
}
