import Intervals
import Testing
import Workload

@testable import Scheduling

/// Visits of one start that a provider serves together.
struct SessionTests {
    @Test("a session is at one place: nobody joins it from another one")
    func elsewhere() throws {
        var spa = try Spa()
        var place = try #require(spa.organization.locations[spa.location]).details
        place.externalRef = "elsewhere"
        let elsewhere = try spa.sandbox.perform(CreateRecord<Location>(place)).id
        var ada = try #require(spa.organization.providers[spa.ada]).details
        ada.schedules.append(
            ProviderSchedule(location: elsewhere, hours: try hours(1...7, 540, 1020)))
        try spa.sandbox.perform(UpdateRecord(spa.ada, expectedVersion: 0, details: ada))
        var details = Service.Details()
        details.name = "Group"
        details.providers = [spa.ada]
        details.capacity = 3
        let service = try spa.sandbox.perform(CreateRecord<Service>(details)).id

        try spa.book(spa.at(10), service: service)
        var there = spa.newBooking(try spa.at(10), service: service, provider: spa.ada)
        there.location = elsewhere
        let refusal = spa.sandbox.refusal(of: CreateBooking(patient: spa.noor, there))
        #expect(refusal?.reason == .slotTaken)
        let offered = try spa.organization.findSlots(
            SlotRequest(location: elsewhere, service: service), from: spa.at(10),
            to: spa.at(10, 1), limit: 1, now: spa.sandbox.now)
        #expect(offered.starts.isEmpty)
        // Here there is room for two more.
        try spa.book(spa.at(10), patient: spa.noor, service: service)
        #expect(spa.organization.violations().isEmpty)
    }
}
