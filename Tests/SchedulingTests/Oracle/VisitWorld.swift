import Intervals
import Testing
import Workload

@testable import Scheduling

/// A seeded world of a few days with everything that availability takes: two places, a handful of
/// providers, rooms, a pool, services of every shape, and what is booked and held.
///
/// One number makes it; a failing test names that number.
struct VisitWorld {
    /// What a world leaves out, for properties that do not hold with it.
    struct Shape {
        /// Only steps that are counted from the clock or the window.
        var isSteady = false
        /// Only zones without transitions.
        var isFixedOffset = false
        /// Weeks by which all its dates lie later.
        var weeksLater = 0
        /// Nothing that counts by the day of the clock or the patient, no sessions.
        var isPlain = false
    }

    let seed: UInt64
    let shape: Shape
    var sandbox: Sandbox
    /// What searches ask for: three days.
    let window: Range<Int>
    /// What the oracle looks at: enough around it for every buffer and overnight window.
    let range: Range<Int>
    let middle: LocalDate
    let zones: [MinuteOracle.Zone]
    private(set) var clocks: [WallClock]
    var ids = ClinicIdentifiers()
    var resources: [Identifier<Resource>] = []
    var random: SplitMix64

    var organization: Organization { sandbox.organization }

    /// Zones and the date of the middle day: two that set the clock forward, two back, plain ones.
    private static let places: [(zone: MinuteOracle.Zone, month: Int, day: Int)] = [
        (.newYork, 3, 8), (.newYork, 11, 1), (.lordHowe, 4, 5), (.lordHowe, 10, 4),
        (.kathmandu, 6, 10), (.phoenix, 7, 1),
    ]

    init(seed: UInt64, _ shape: Shape = Shape()) throws {
        self.seed = seed
        self.shape = shape
        var random = SplitMix64(seed: seed)
        let place =
            shape.isFixedOffset
            ? Self.places[4 + Int(seed % 2)] : Self.places[Int(seed % UInt64(Self.places.count))]
        middle = try day(2026, place.month, place.day).adding(days: Int32(7 * shape.weeksLater))
        let midnight = Int(middle.dayNumber) * 1440 - place.zone.offset
        window = midnight - 1440..<midnight + 2 * 1440
        range = window.lowerBound - 5 * 1440..<window.upperBound + 5 * 1440
        zones = [place.zone, random.chance(70) ? place.zone : .phoenix]
        clocks = zones.map { [range] in WallClock($0, range) }
        let now = Int64(midnight - 1440 - random.pick(-600...1500)) * 60_000
        var settings = OrganizationProfile.Details()
        settings.providersMayExtendHours = random.chance(20)
        if random.chance(30) { settings.sharedBuffers.insert(.provider) }
        if random.chance(30) { settings.sharedBuffers.insert(.room) }
        settings.patientOverlap = random.pick([.warn, .warn, .refuse, .allow]) ?? .warn
        if shape.isPlain { settings.patientOverlap = .allow }
        sandbox = Sandbox(
            settings, zones: TimeZoneDatabase(),
            now: Instant(milliseconds: now + Int64(random.pick(0...1) * 1234)), seed: seed)
        self.random = random
        try populate()
        // The worlds of the third case of each property; those that came before stay as they were.
        if seed % 1000 == 2 { try spreadLevels() }
        try occupy()
    }

    mutating func pick<Element>(_ from: [Element]) -> Element {
        from[random.pick(0...from.count - 1)]
    }

    func clock(_ location: Identifier<Location>) -> WallClock {
        clocks[ids.locations.firstIndex(of: location) ?? 0]
    }

    /// What the oracle knows about a request; nil where the core should refuse it.
    func oracle(_ request: SlotRequest) -> VisitOracle? {
        VisitOracle(organization, request, clock(request.location), now: sandbox.now)
    }

    /// The minutes that a judgement must cover to list the window: where steps are counted from
    /// gaps, all of the hours that reach into it.
    func judged(_ request: SlotRequest) -> Range<Int> {
        guard let service = organization.services[request.service]?.details else { return window }
        let defaults =
            [organization.profile.details.defaults]
            + organization.locations.all.map(\.details.defaults)
        let anchors =
            [service.anchor] + service.variants.map(\.anchor) + defaults.map(\.anchor)
        return anchors.contains(.gap) || anchors.contains(.flush)
            ? window.lowerBound - 2 * 1440..<window.upperBound + 2 * 1440 : window
    }

    // MARK: What is taken

    /// Books and holds what is offered, imports what is not, cancels some, and changes a service
    /// under what is booked.
    private mutating func occupy() throws {
        for _ in 0..<random.pick(4...22) {
            // What is held over something else would stand in the way of it.
            var request = request()
            request.ignoring = nil
            request.hold = nil
            let offered = (try? starts(request).starts) ?? []
            guard let start = random.pick(offered) else { continue }
            if random.chance(65) {
                let booking = CreateBooking(patient: pick(ids.patients), new(request, at: start))
                guard let booked = try? sandbox.perform(booking) else { continue }
                if random.chance(8) {
                    _ = sandbox.refusal(
                        of: CancelBooking(booked.booking.id, expectedVersion: 0, reason: ""))
                }
            } else {
                // Some of them will have expired: the clock goes on by a minute below.
                let seconds = Int32(random.pick([15, 1800]) ?? 15)
                let hold = PlaceHold(
                    request, start: start, patient: random.chance(50) ? pick(ids.patients) : nil,
                    owner: "", seconds: seconds)
                _ = sandbox.refusal(of: hold)
            }
        }
        for number in 0..<random.pick(0...2) {
            let start = Minute(sinceEpoch: Int32(random.pick(window)))
            let visit = try #require(Interval(start: start, minutes: Int32(random.pick(1...300))))
            let row = ImportBooking(
                externalRef: "\(number)", patient: ids.patients[0], location: ids.locations[0],
                provider: pick(ids.providers), service: ids.services[0], interval: visit,
                stageHistory: [], note: "")
            _ = sandbox.refusal(of: row)
        }
        if random.chance(20) {
            let id = pick(ids.services)
            var details = try #require(organization.services[id]?.details)
            details.bufferBefore = 7
            details.bufferAfter = 12
            try sandbox.perform(UpdateRecord(id, expectedVersion: 0, details: details))
        }
        sandbox.now = sandbox.now.adding(seconds: 61)
    }

    // MARK: Asking

    /// A request of one to three segments, with or without names, durations, pins and a patient.
    mutating func request() -> SlotRequest {
        let count = random.pick(weights: [0, 75, 15, 10])
        let place = pick(ids.locations)
        var request = SlotRequest(
            location: place, segments: (0..<count).map { _ in segment(at: place) })
        if random.chance(60) { request.patient = pick(ids.patients) }
        request.isSelfService = random.chance(40)
        if random.chance(10) { request.ignoring = random.pick(organization.bookings.all)?.id }
        if random.chance(10) { request.hold = random.pick(organization.holds.all)?.id }
        return request
    }

    private mutating func segment(at place: Identifier<Location>) -> SegmentRequest {
        let service = pick(ids.services)
        var segment = SegmentRequest(service: service)
        guard let details = organization.services[service]?.details else { return segment }
        if random.chance(40) { segment.duration = pick(details.durations) }
        if random.chance(35) {
            let able = details.providers.filter {
                organization.providers[$0]?.details.isDisabled == false
            }
            if !able.isEmpty { segment.providers = [pick(able)] }
        }
        if random.chance(20) {
            let pools = details.requirements.filter {
                if case .pool = $0.source { true } else { false }
            }
            let members = resources.filter { id in
                guard let room = organization.resources[id]?.details else { return false }
                return room.location == place && room.pool == "rooms" && !room.isArchived
            }
            if !pools.isEmpty, let pin = random.pick(members) { segment.resources = [pin] }
        }
        return segment
    }

    /// The booking of a request at a start.
    func new(_ request: SlotRequest, at start: Minute) -> NewBooking {
        var new = NewBooking()
        new.location = request.location
        new.segments = request.segments
        new.start = start
        new.isSelfService = request.isSelfService
        return new
    }

    func starts(
        _ request: SlotRequest, in window: Range<Int>? = nil, limit: Int = 100_000
    ) throws -> SlotPage {
        let window = window ?? self.window
        return try organization.findSlots(
            request, from: Minute(sinceEpoch: Int32(window.lowerBound)),
            to: Minute(sinceEpoch: Int32(window.upperBound)), limit: limit, now: sandbox.now)
    }
}

extension SplitMix64 {
    mutating func pick(_ range: Range<Int>) -> Int {
        pick(range.lowerBound...range.upperBound - 1)
    }
}
