import Intervals
import Testing
import Workload

@testable import Scheduling

/// Who gets a visit that several could have: availability.md 2, step 12.
struct AssignmentTests {
    private var spa: Spa

    init() throws {
        spa = try Spa()
    }

    private mutating func set(_ change: (inout Service.Details) -> Void) throws {
        var details = try #require(spa.organization.services[spa.facial]).details
        change(&details)
        try spa.sandbox.perform(UpdateRecord(spa.facial, expectedVersion: 0, details: details))
    }

    /// Whom a booking with anybody gets, and CheckSlots promises; it is taken back.
    private mutating func assigned(
        at start: Minute, for patient: Identifier<Patient>
    ) throws -> Identifier<Provider> {
        var request = SlotRequest(location: spa.location, service: spa.facial)
        request.patient = patient
        let promised = try spa.organization.check(request, at: start, now: spa.sandbox.now).get()
        let new = spa.newBooking(start)
        let booking = try spa.sandbox.perform(CreateBooking(patient: patient, new)).booking
        spa.sandbox.undoLast()
        #expect(promised.first == booking.segments[0].provider)
        #expect(Set(promised).count == promised.count)
        return booking.segments[0].provider
    }

    @Test("LEAST_BUSY_DAY: whoever has the fewest minutes on that local day, then the lower id")
    mutating func leastBusy() throws {
        try set { $0.assignment = .leastBusyDay }
        let first = min(spa.ada, spa.bo)
        let second = max(spa.ada, spa.bo)
        #expect(try assigned(at: spa.at(10), for: spa.mina) == first)
        try spa.book(spa.at(15), patient: spa.noor, provider: first)
        #expect(try assigned(at: spa.at(10), for: spa.mina) == second)
        // Another day starts afresh.
        #expect(try assigned(at: spa.at(10, day: 1), for: spa.mina) == first)
    }

    @Test("FIRST_FIT: whoever the service lists first, whatever they have to do")
    mutating func firstFit() throws {
        let order = [max(spa.ada, spa.bo), min(spa.ada, spa.bo)]
        try set {
            $0.assignment = .firstFit
            $0.providers = order
        }
        try spa.book(spa.at(15), patient: spa.noor, provider: order[0])
        #expect(try assigned(at: spa.at(10), for: spa.mina) == order[0])
        try spa.book(spa.at(10), patient: spa.noor, provider: order[0])
        #expect(try assigned(at: spa.at(10), for: spa.mina) == order[1])
    }

    @Test("SAME_AS_LAST_VISIT: whom the patient last saw for the service, if free then")
    mutating func sameAsLastVisit() throws {
        try set { $0.assignment = .sameAsLastVisit }
        let usual = max(spa.ada, spa.bo)
        let other = min(spa.ada, spa.bo)
        try spa.book(spa.at(9), patient: spa.mina, provider: usual)
        #expect(try assigned(at: spa.at(12), for: spa.mina) == usual)
        // Who has no last visit gets the least busy one.
        #expect(try assigned(at: spa.at(12), for: spa.noor) == other)
        // A later visit is the last one only for those after it.
        let later = try spa.book(spa.at(14), patient: spa.mina, provider: other)
        #expect(try assigned(at: spa.at(12), for: spa.mina) == usual)
        #expect(try assigned(at: spa.at(16), for: spa.mina) == other)
        // A cancelled visit was none.
        try spa.sandbox.perform(CancelBooking(later.id, expectedVersion: 0, reason: "ill"))
        #expect(try assigned(at: spa.at(16), for: spa.mina) == usual)
        // Whoever is busy cannot be had.
        try spa.book(spa.at(16), patient: spa.noor, provider: usual)
        #expect(try assigned(at: spa.at(16), for: spa.mina) == other)
    }
}
