public import Intervals
public import Scheduling

/// A visit that a clinic might have: whom, where, what, by whom, when, and how far it got.
///
/// Records are named by their indexes in the clinic. Visits of one plan never overlap on a
/// provider, buffers included, and lie within hours, outside time off and on the service's step, so
/// that each can be booked (those ahead, notice and horizon permitting) or imported (those past).
public struct PlannedVisit: Sendable, Equatable {
    /// Index into the clinic's patients.
    public var patient: Int
    /// Index into the clinic's locations.
    public var location: Int
    /// Index into the clinic's services.
    public var service: Int
    /// Index into the clinic's providers.
    public var provider: Int
    /// First minute.
    public var start: Minute
    /// Elapsed minutes, one of the service's durations.
    public var duration: Int32
    /// The stages it came to, oldest first, the present one last; never empty. Of a visit that lies
    /// ahead only the stages that a booking may be made in or moved to beforehand.
    public var history: [StageChange]

    /// Where it stands.
    public var stage: Stage { history[history.count - 1].stage }
}

/// How the days of a plan are filled.
public struct VisitPlanning: Sendable {
    /// The first local date, at each location's own clock.
    public var firstDate: LocalDate
    /// How many dates, one after another.
    public var days: Int32
    /// Which visits are past, running and ahead.
    public var now: Instant
    /// Of a provider's hours on a day, the share that is booked: about so many percent, 0 to 95.
    public var loadPercent: Int
    /// Chooses everything else.
    public var seed: UInt64

    /// Days from a date, filled as the load says.
    public init(
        firstDate: LocalDate, days: Int32, now: Instant, loadPercent: Int = 55, seed: UInt64
    ) {
        self.firstDate = firstDate
        self.days = days
        self.now = now
        self.loadPercent = loadPercent
        self.seed = seed
    }
}

extension Clinic {
    /// Fills the days of a plan: for each provider, location and day a number of visits at starts
    /// that the slot search offers. Sorted by start, then provider.
    ///
    /// Throws what the core refuses of the clinic itself, such as a zone that this machine does not
    /// know. Cost: one slot search for each visit.
    public func plan(
        _ planning: VisitPlanning, zones: TimeZoneDatabase
    ) throws(Rejection) -> [PlannedVisit] {
        var random = SplitMix64(seed: planning.seed)
        // Planned from three days before the first date, so that neither notice nor the past is in
        // the way; the horizon does not count for a plan of less than its length.
        let eve = Minute(sinceEpoch: (planning.firstDate.dayNumber - 3) * 1440)
        var sandbox = Sandbox(zones: zones, now: Instant(eve), seed: planning.seed)
        let ids = try sandbox.open(self)
        var visits: [PlannedVisit] = []
        for day in 0..<planning.days {
            let date = planning.firstDate.adding(days: day)
            for provider in providers.indices {
                for work in providers[provider].hours {
                    let worked = work.hours.filter { $0.weekday == date.weekday }
                        .reduce(0) { $0 + Int($1.range.endMinute - $1.range.startMinute) }
                    let busy = worked * random.pick(0...2 * planning.loadPercent) / 100
                    try fill(
                        date, provider: provider, location: work.location,
                        minutes: min(busy, worked), planning, ids, &sandbox, &random, &visits)
                }
            }
        }
        return visits.sorted {
            $0.start != $1.start ? $0.start < $1.start : $0.provider < $1.provider
        }
    }

    /// Books about so many minutes of a provider's day.
    private func fill(
        _ date: LocalDate, provider: Int, location: Int, minutes: Int, _ planning: VisitPlanning,
        _ ids: ClinicIdentifiers, _ sandbox: inout Sandbox, _ random: inout SplitMix64,
        _ visits: inout [PlannedVisit]
    ) throws(Rejection) {
        let offered = services.indices.filter { services[$0].providers.contains(provider) }
        guard !patients.isEmpty, !offered.isEmpty,
            let zone = try? sandbox.organization.zones.zone(locations[location].timeZone),
            let day = zone.day(date)
        else { return }
        var rest = minutes
        // Each turn either books or ends the day, and a day has at most 1500 minutes.
        while rest > 0, let service = random.pick(offered) {
            let duration = random.pick(services[service].details.durations)
            let request = SlotRequest(
                location: ids.locations[location], service: ids.services[service],
                duration: duration, providers: [ids.providers[provider]])
            let page = try sandbox.organization.findSlots(
                request, from: day.start, to: day.end, limit: 100, now: sandbox.now)
            // Mostly the next free start, so that the day is not cut into unusable pieces.
            guard let first = page.starts.first else { return }
            let start = random.chance(60) ? first : random.pick(page.starts) ?? first
            let patient = random.pick(0...patients.count - 1)
            var new = NewBooking()
            new.location = request.location
            new.service = request.service
            new.duration = page.duration
            new.provider = ids.providers[provider]
            new.start = start
            try sandbox.perform(CreateBooking(patient: ids.patients[patient], new))
            visits.append(
                PlannedVisit(
                    patient: patient, location: location, service: service, provider: provider,
                    start: start, duration: page.duration,
                    history: StageChange.history(
                        start: start, duration: page.duration, now: planning.now, &random)))
            rest -= Int(page.duration)
        }
    }
}

extension StageChange {
    /// The life that a visit might have had until now.
    fileprivate static func history(
        start: Minute, duration: Int32, now: Instant, _ random: inout SplitMix64
    ) -> [StageChange] {
        let booked = start.clampedAdding(minutes: Int32(-random.pick(1...14) * 1440))
        var stages: [(Stage, Minute)] = [(.new, booked)]
        if random.chance(70) {
            stages.append((.confirmed, booked.clampedAdding(minutes: 600)))
        }
        switch random.pick(weights: [88, 7, 5]) {
        case 0:
            let began = start.clampedAdding(minutes: 3)
            let ended = start.clampedAdding(minutes: duration)
            stages += [
                (.checkIn, start.clampedAdding(minutes: -7)), (.inProcedure, began),
                (.billing, ended), (.checkout, ended.clampedAdding(minutes: 6)),
            ]
        case 1: stages.append((.cancelled, start.clampedAdding(minutes: -720)))
        default: stages.append((.noShow, start.clampedAdding(minutes: 20)))
        }
        let past = stages.enumerated().filter { index, stage in
            index == 0 || Instant(stage.1) <= now
        }
        return past.map {
            StageChange(
                stage: $0.element.0, at: min(Instant($0.element.1), now), actor: "front-desk")
        }
    }
}
