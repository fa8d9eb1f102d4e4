import Intervals
import Testing
import Workload

@testable import Scheduling

/// A seeded world of a few days that an oracle can try minute by minute: hours of any shape,
/// overnight and round the clock, odd steps, buffers, time off, bookings, and holds alive and
/// expired.
struct SmallWorld {
    var sandbox: Sandbox
    let oracle: MinuteOracle
    /// What searches ask for: three days.
    let window: Range<Int>
    private(set) var ids = ClinicIdentifiers()
    private var random: SplitMix64

    var organization: Organization { sandbox.organization }

    /// Zones and the date of the middle day: two that set the clock forward, two back, and two
    /// plain.
    private static let places: [(zone: MinuteOracle.Zone, day: (Int, Int))] = [
        (.newYork, (3, 8)), (.newYork, (11, 1)), (.lordHowe, (4, 5)), (.lordHowe, (10, 4)),
        (.kathmandu, (6, 10)), (.phoenix, (7, 1)),
    ]

    init(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let place = Self.places[Int(seed % UInt64(Self.places.count))]
        let middle = try day(2026, place.day.0, place.day.1)
        let midnight = Int(middle.dayNumber) * 1440 - place.zone.offset
        window = midnight - 1440..<midnight + 2 * 1440
        oracle = MinuteOracle(
            zone: place.zone, range: window.lowerBound - 3 * 1440..<window.upperBound + 3 * 1440)
        let now = Int64(midnight - 1440 - random.pick(-600...1500)) * 60_000
        sandbox = Sandbox(
            zones: TimeZoneDatabase(),
            now: Instant(milliseconds: now + Int64(random.pick(0...1) * 1234)), seed: seed)
        self.random = random
        try populate(zone: place.zone, middle: middle)
        try occupy()
    }

    // MARK: Making it

    private mutating func weeklyHours() -> [WeeklyInterval] {
        let grain = random.pick([1, 5, 15, 30]) ?? 15
        var hours: [WeeklyInterval] = []
        for weekday in 1...7 {
            switch random.pick(weights: [2, 6, 4, 2, 2]) {
            case 0: continue
            case 1: hours += interval(weekday, 360...720, 240...600, grain)
            case 2:
                hours += interval(weekday, 420...600, 60...200, grain)
                hours += interval(weekday, 800...1000, 60...300, grain)
            case 3: hours += [WeeklyInterval(weekday: weekday, startMinute: 0, endMinute: 1440)!]
            // Past midnight, round the hours at which clocks are set.
            default: hours += interval(weekday, 1000...1380, 300...700, grain)
            }
        }
        return hours
    }

    private mutating func interval(
        _ weekday: Int, _ start: ClosedRange<Int>, _ length: ClosedRange<Int>, _ grain: Int
    ) -> [WeeklyInterval] {
        let start = random.pick(start) / grain * grain
        let end = start + max(grain, random.pick(length) / grain * grain)
        return [WeeklyInterval(weekday: weekday, startMinute: Int32(start), endMinute: Int32(end))]
            .compactMap { $0 }
    }

    private mutating func populate(zone: MinuteOracle.Zone, middle: LocalDate) throws {
        for _ in 0..<2 {
            var place = Location.Details()
            place.timeZone = zone.name
            place.hours = weeklyHours() + weeklyHours()
            ids.locations.append(try sandbox.perform(CreateRecord<Location>(place)).id)
        }
        for _ in 0..<3 {
            var provider = Provider.Details()
            for location in ids.locations where random.chance(80) {
                provider.schedules.append(
                    ProviderSchedule(location: location, hours: weeklyHours()))
                if random.chance(30) {
                    provider.schedules.append(
                        ProviderSchedule(
                            location: location, effectiveStart: random.chance(50) ? middle : nil,
                            effectiveEnd: middle, hours: weeklyHours()))
                }
            }
            for _ in 0..<random.pick(0...2) {
                let first = middle.adding(days: Int32(random.pick(-1...1)))
                let start = random.pick(0...28) * 50
                provider.timeOff.append(
                    TimeOff(
                        location: random.chance(50) ? ids.locations[0] : nil, startDate: first,
                        startMinute: Int32(start), endDate: first.adding(days: 0),
                        endMinute: Int32(random.pick(start + 1...1440))))
            }
            ids.providers.append(try sandbox.perform(CreateRecord<Provider>(provider)).id)
        }
        for _ in 0..<3 {
            var service = Service.Details()
            service.durations = [Int32(random.pick([1, 15, 30, 45, 100, 400]) ?? 30)]
            service.bufferBefore = Int32(random.pick([0, 0, 5, 20]) ?? 0)
            service.bufferAfter = Int32(random.pick([0, 0, 10, 25]) ?? 0)
            service.step = Int32(random.pick([1, 7, 15, 25, 30, 50, 60, 240]) ?? 15)
            service.stepOffset = Int32(random.pick([0, 0, 5, -10]) ?? 0)
            service.notice = Int32(random.pick([0, 0, 90, 1000]) ?? 0)
            service.horizonDays = Int32(random.pick([1, 3, 30]) ?? 30)
            service.providers = ids.providers.filter { _ in random.chance(80) }
            if service.providers.isEmpty { service.providers = [ids.providers[0]] }
            ids.services.append(try sandbox.perform(CreateRecord<Service>(service)).id)
        }
        var patient = Patient.Details()
        patient.name = "Someone"
        ids.patients.append(try sandbox.perform(CreateRecord<Patient>(patient)).id)
    }

    /// Books and holds what the search offers, and imports what it does not.
    private mutating func occupy() throws {
        for _ in 0..<14 {
            let request = request(service: pick(ids.services), provider: nil)
            let offered = try starts(request).starts
            guard let start = random.pick(offered) else { continue }
            if random.chance(55) {
                var new = NewBooking()
                new.location = request.location
                new.service = request.service
                new.start = start
                try sandbox.perform(CreateBooking(patient: ids.patients[0], new))
            } else {
                // Some of them will have expired: the clock goes on by a minute below.
                let seconds = Int32(random.pick([15, 1800]) ?? 15)
                try sandbox.perform(
                    PlaceHold(request, start: start, patient: nil, owner: "", seconds: seconds))
            }
        }
        for number in 0..<3 {
            let start = Minute(
                sinceEpoch: Int32(random.pick(window.lowerBound...window.upperBound)))
            let visit = try #require(Interval(start: start, minutes: Int32(random.pick(1...300))))
            let row = ImportBooking(
                externalRef: "\(number)", patient: ids.patients[0], location: ids.locations[0],
                provider: pick(ids.providers), service: ids.services[0], interval: visit,
                stageHistory: [], note: "")
            _ = sandbox.refusal(of: row)
        }
        sandbox.now = sandbox.now.adding(seconds: 61)
    }

    private mutating func pick<Element>(_ from: [Element]) -> Element {
        from[random.pick(0...from.count - 1)]
    }

    // MARK: Asking

    mutating func request(
        service: Identifier<Service>, provider: Identifier<Provider>?
    ) -> SlotRequest {
        SlotRequest(
            location: pick(ids.locations), service: service,
            providers: provider.map { [$0] } ?? [])
    }

    func starts(_ request: SlotRequest, limit: Int = 100_000) throws -> SlotPage {
        try organization.findSlots(
            request, from: Minute(sinceEpoch: Int32(window.lowerBound)),
            to: Minute(sinceEpoch: Int32(window.upperBound)), limit: limit, now: sandbox.now)
    }

    /// The providers that a request may be met by, each with the oracle's judgement of every minute
    /// of the window.
    func judge(
        _ request: SlotRequest
    ) throws -> [(id: Identifier<Provider>, verdicts: [MinuteOracle.Verdict])] {
        let service = try #require(organization.services[request.service])
        let location = try #require(organization.locations[request.location])
        return service.details.providers.sorted()
            .filter { request.providers.isEmpty || request.providers.contains($0) }
            .compactMap { organization.providers[$0] }
            .map { provider in
                (
                    provider.id,
                    oracle.verdicts(
                        organization, provider, at: location, service,
                        duration: Int(service.details.durations[0]), window: window,
                        now: sandbox.now)
                )
            }
    }
}
