import Intervals
import Scheduling
import Workload

/// A clinic in process, booked to about two thirds for a month: the same one in every run.
///
/// Fifty providers work from 8:00 to 20:00 every day in New York. Visits of the twenty first last
/// half an hour with five minutes after it; steps are of 15 minutes.
struct SpeedClinic {
    private(set) var sandbox: Sandbox
    private(set) var place: Identifier<Location>
    private(set) var others: [Identifier<Location>] = []
    private(set) var providers: [Identifier<Provider>] = []
    /// With the first twenty providers.
    private(set) var visit: Identifier<Service>
    /// With all fifty.
    private(set) var anyone: Identifier<Service>
    /// With the first twenty, in one of ten rooms.
    private(set) var inRoom: Identifier<Service>
    /// The same, in rooms that have hours of their own.
    private(set) var inOwnRoom: Identifier<Service>
    /// With the first twenty, in a room, with the one laser, ten minutes on either side.
    private(set) var laser: Identifier<Service>

    /// Sunday, 2026-03-01, 19:00 in New York.
    static let now = Instant(milliseconds: 1_772_409_600_000)
    /// Monday, 8:00 in New York, a week before the clocks are set forward.
    static let opening = Minute(sinceEpoch: 29_540_940)

    var organization: Organization { sandbox.organization }

    init() throws {
        var sandbox = Sandbox(zones: TimeZoneDatabase(), now: Self.now, seed: 1)
        let hours = (1...7).compactMap {
            WeeklyInterval(weekday: $0, startMinute: 480, endMinute: 1200)
        }
        var details = Location.Details()
        details.timeZone = "America/New_York"
        details.hours = hours
        let places = try (0..<4).map { _ in
            try sandbox.perform(CreateRecord<Location>(details)).id
        }
        place = places[0]
        others = Array(places.dropFirst())
        for _ in 0..<50 {
            var provider = Provider.Details()
            provider.schedules = places.map { ProviderSchedule(location: $0, hours: hours) }
            providers.append(try sandbox.perform(CreateRecord<Provider>(provider)).id)
        }
        func room(_ pool: String, _ own: [WeeklyInterval]) throws -> Identifier<Resource> {
            var room = Resource.Details(location: places[0])
            room.pool = pool
            room.hours = own
            return try sandbox.perform(CreateRecord<Resource>(room)).id
        }
        for _ in 0..<10 {
            _ = try room("rooms", [])
            _ = try room("own rooms", hours)
        }
        let device = try room("", [])
        func service(
            _ providers: ArraySlice<Identifier<Provider>>, _ requirements: [Requirement] = [],
            before: Int32 = 0, after: Int32 = 5
        ) throws -> Identifier<Service> {
            var service = Service.Details()
            service.durations = [30]
            service.step = 15
            service.bufferBefore = before
            service.bufferAfter = after
            service.horizonDays = 180
            service.providers = Array(providers)
            service.requirements = requirements
            return try sandbox.perform(CreateRecord<Service>(service)).id
        }
        visit = try service(providers[..<20])
        anyone = try service(providers[...])
        inRoom = try service(providers[..<20], [Requirement(.pool("rooms"))])
        inOwnRoom = try service(providers[..<20], [Requirement(.pool("own rooms"))])
        laser = try service(
            providers[..<20], [Requirement(.pool("rooms")), Requirement(.resource(device))],
            before: 10, after: 10)
        self.sandbox = sandbox
        try book(days: 32, perDay: 12)
    }

    /// Books every provider, some of the first twenty in rooms, at starts that are offered.
    private mutating func book(days: Int32, perDay: Int) throws {
        var patient = Patient.Details()
        patient.name = "Somebody"
        let somebody = try sandbox.perform(CreateRecord<Patient>(patient)).id
        var random = SplitMix64(seed: 5)
        let services = [visit, visit, inRoom, inOwnRoom]
        for (index, provider) in providers.enumerated() {
            for day in 0..<days {
                let from = Self.opening.clampedAdding(minutes: day * 1440)
                let service = index < 20 ? services[Int(day) % 4] : anyone
                let request = SlotRequest(location: place, service: service, providers: [provider])
                for _ in 0..<perDay {
                    let offered = try organization.findSlots(
                        request, from: from, to: from.clampedAdding(minutes: 1200), limit: 100,
                        now: Self.now
                    ).starts
                    guard let start = random.pick(offered) else { break }
                    var new = NewBooking()
                    new.location = place
                    new.service = service
                    new.provider = provider
                    new.start = start
                    try sandbox.perform(CreateBooking(patient: somebody, new))
                }
            }
        }
    }
}
