import Intervals
import Scheduling
import Testing
import Workload

/// The generator that the demo, the harness and these tests share.
struct WorkloadTests {
    let zones = TimeZoneDatabase()

    private func clinic() throws -> (Clinic, LocalDate) {
        let today = try day(2026, 10, 19)
        return (Clinic.medSpa(patients: 40, today: today, seed: 7), today)
    }

    @Test("the demonstration clinic has every kind of service-to-type map")
    func typeMaps() throws {
        let (clinic, _) = try clinic()
        let counts = clinic.services.indices.map { service in
            clinic.procedureTypes.count { $0.services.contains(service) }
        }
        #expect(counts.count { $0 == 0 } == 1)
        #expect(counts.count { $0 == 2 } == 1)
        #expect(counts.count { $0 == 1 } == counts.count - 2)
        #expect(Set(clinic.locations.map(\.timeZone)).count == clinic.locations.count)
        #expect(clinic.providers.contains { $0.hours.count > 1 })
    }

    @Test("a seed replays its plan, and another seed gives another one")
    func plansReplay() throws {
        let (clinic, today) = try clinic()
        let now = try Instant(utc("2026-10-19T15:00Z"))
        var planning = VisitPlanning(firstDate: today, days: 3, now: now, seed: 1)
        let first = try clinic.plan(planning, zones: zones)
        let again = try clinic.plan(planning, zones: zones)
        planning.seed = 2
        let other = try clinic.plan(planning, zones: zones)
        #expect(first == again)
        #expect(first != other)
        #expect(first.count > 30)
    }

    @Test("every visit of a plan can be imported at its stage, and those ahead can be booked")
    func plansFit() throws {
        let (clinic, today) = try clinic()
        let now = try Instant(utc("2026-10-20T15:00Z"))
        let planning = VisitPlanning(firstDate: today, days: 4, now: now, seed: 3)
        let visits = try clinic.plan(planning, zones: zones)
        var importing = Sandbox(zones: zones, now: now, seed: 1)
        var booking = Sandbox(zones: zones, now: now.adding(seconds: -5 * 86_400), seed: 1)
        let ids = try importing.open(clinic)
        let others = try booking.open(clinic)
        for (index, visit) in visits.enumerated() {
            let interval = try #require(Interval(start: visit.start, minutes: visit.duration))
            try importing.perform(
                ImportBooking(
                    externalRef: "\(index)", patient: ids.patients[visit.patient],
                    location: ids.locations[visit.location],
                    provider: ids.providers[visit.provider],
                    service: ids.services[visit.service], interval: interval,
                    stageHistory: visit.history, note: ""))
            var new = NewBooking()
            new.location = others.locations[visit.location]
            new.service = others.services[visit.service]
            new.provider = others.providers[visit.provider]
            new.duration = visit.duration
            new.start = visit.start
            try booking.perform(CreateBooking(patient: others.patients[visit.patient], new))
        }
        #expect(importing.organization.violations().isEmpty)
        #expect(booking.organization.violations().isEmpty)
        #expect(visits.contains { $0.stage == .checkout } && visits.contains { $0.stage == .new })
    }
}
