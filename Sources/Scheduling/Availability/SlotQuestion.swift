internal import Intervals

/// A request with its records found and its rules resolved, ready to be asked about times.
struct SlotQuestion {
    let place: Stored<Location>
    var zone: TimeZoneRules
    var segments: [SegmentQuestion]
    /// With which eyes calendars are read.
    var view: CalendarView
    /// Bookings that are not written yet, or are on the move.
    var pending = PendingBookings()
    /// For whom; nil: not known.
    var patient: Identifier<Patient>?
    /// A visit of the patient's own stands in the way.
    var refusesPatientOverlap: Bool

    var location: Location { place.record }

    /// Minutes from the first segment's start to the last one's end; where that differs with the
    /// provider, the longest.
    var duration: Int32 {
        let last = segments.count - 1
        var longest: Int32 = 0
        for candidate in segments[last].candidates {
            longest = max(longest, candidate.shape.duration)
        }
        return segments[last].offset + (longest == 0 ? 1 : longest)
    }

    /// Only the first segment's starts lie on a grid; a need for whole gaps is one for whole
    /// windows.
    var needsWholeGaps: Bool {
        segments[0].candidates.contains { $0.anchor == .gap || $0.anchor == .flush }
    }
}

/// One segment of a question.
struct SegmentQuestion {
    /// Its place in the visit, from 0.
    var index = 0
    let offered: Stored<Service>
    /// Minutes from the visit's start to the segment's.
    var offset: Int32
    /// Those who could do it, in order of id; the request's own, or the service's that work here.
    var candidates: [Candidate]
    /// The caller named the provider or providers.
    var isNamed: Bool
    /// What it takes besides.
    var needs: [ResourceNeed]
    /// Bookings of the service that may start here on one local date; 0: any number.
    var dailyCap: Int32
    /// Who gets it where nobody is named.
    var assignment: AssignmentPolicy

    var service: Service { offered.record }
}

/// A provider who could do a segment, and the rules that count with them.
struct Candidate {
    let person: Stored<Provider>
    var shape: VisitShape
    var grid: StartGrid
    var anchor: StartAnchor
    /// The first start that the notice allows.
    var earliest: Minute
    /// The first start that lies beyond the horizon.
    var beyond: Minute
    /// When the provider is busy.
    var providerPhases: PhaseSet
    var keepsBuffersInHours: Bool
    /// Bookings that the provider can serve at a time.
    var capacity: Int32
    var capacityRule: CapacityRule
    /// Bookings of the service with the provider that may start here on one local date; 0: any
    /// number.
    var dailyCap: Int32

    var provider: Provider { person.record }
}

/// What a segment takes besides its provider: a requirement, with its records found.
struct ResourceNeed {
    /// What could meet it.
    enum Source {
        case resource(Resource)
        /// The pool's name, and the rooms and devices that were wanted by name in the segment: what
        /// is left to be met is any of the others.
        case pool(String, except: Set<Identifier<Resource>>)
        /// In order of id.
        case providers([Provider])
    }

    var source: Source
    var quantity: Int32
    var phases: PhaseSet
    /// The pool that a resource was wanted by name of; empty: none.
    var pool = ""
    /// The further providers that needs before this one take: nobody stands in for two.
    var beside: [ProviderList] = []
    /// The needs before this one that take places of the same pool: all are met together.
    var besideInPool: [ResourceNeed] = []
}

/// Providers of whom one must take part in some phases of a visit.
struct ProviderList {
    /// In order of id.
    var providers: [Provider]
    var phases: PhaseSet
}

extension Organization {
    /// Finds the records of a request and refuses what no time could mend: availability.md 2, step
    /// 1.
    func question(_ request: SlotRequest, now: Instant) throws(Rejection) -> SlotQuestion {
        guard let place = locations.stored(request.location) else {
            throw .unknown("location", request.location.description, field: "location_id")
        }
        let location = place.record
        if let patient = request.patient, !patients.contains(patient) {
            throw .unknown("patient", patient.description, field: "patient_id")
        }
        if location.details.isArchived {
            throw Rejection(.locationInactive, "the location is archived").about(location.id)
        }
        guard let zone = schedules.zone(of: location) else {
            throw Rejection(.locationClosed, "the location's time zone is not known here")
                .about(location.id)
        }
        var segments: [SegmentQuestion] = []
        segments.reserveCapacity(request.segments.count)
        var offset: Int32 = 0
        for (index, segment) in request.segments.enumerated() {
            let isOnly = request.segments.count == 1
            var resolved: SegmentQuestion
            do throws(Rejection) {
                resolved = try self.segment(
                    segment, at: place, in: zone, offset: offset, isOnly: isOnly,
                    isWalkIn: request.isWalkIn, now: now)
            } catch {
                throw request.path(of: error, inSegment: index)
            }
            resolved.index = index
            offset += resolved.candidates.first?.shape.duration ?? 0
            segments.append(resolved)
        }
        let policy = profile.details.patientOverlap
        return SlotQuestion(
            place: place, zone: zone, segments: segments,
            view: CalendarView(
                nowMilliseconds: now.milliseconds, ignoredBooking: request.ignoring?.value,
                ignoredHold: request.hold?.value),
            patient: request.patient,
            refusesPatientOverlap: policy == .refuse || policy == .warn && request.isSelfService)
    }

    private func segment(
        _ request: SegmentRequest, at place: Stored<Location>, in zone: TimeZoneRules,
        offset: Int32, isOnly: Bool, isWalkIn: Bool, now: Instant
    ) throws(Rejection) -> SegmentQuestion {
        guard let offered = services.stored(request.service) else {
            throw .unknown("service", request.service.description, field: "service_id")
        }
        let service = offered.record
        let location = place.record
        let details = service.details
        if details.isArchived {
            throw Rejection(.serviceNotOffered, "the service is archived").about(service.id)
        }
        let named = try named(request)
        let providers = try eligible(named, for: service, at: location)
        let isShared = providers.count != 1 || !isOnly
        let usual = rules(of: details, at: location)
        // Where several could do it one after another, all of them take the same time.
        var common = request.duration
        if !isOnly, common == nil, providers.count != 1 || named.isEmpty {
            common = usual.durations[0]
        }
        var candidates: [Candidate] = []
        candidates.reserveCapacity(providers.count)
        for provider in providers {
            // Only what is said of providers differs between them.
            let rules =
                details.variants.isEmpty
                ? usual : rules(of: details, provider: provider.record.id, at: location)
            let duration = common ?? rules.durations[0]
            guard rules.durations.contains(duration) else {
                if isShared, !details.variants.isEmpty { continue }
                throw Self.notOffered(duration, rules.durations)
            }
            candidates.append(
                candidate(
                    provider, rules, in: zone, duration: duration,
                    isWalkIn: isWalkIn, now: now))
        }
        if candidates.isEmpty {
            if let duration = common, !usual.durations.contains(duration) || !providers.isEmpty {
                throw Self.notOffered(duration, usual.durations)
            }
        }
        return SegmentQuestion(
            offered: offered, offset: offset, candidates: candidates, isNamed: !named.isEmpty,
            needs: try needs(of: details, at: location, pinned: request.resources),
            dailyCap: usual.dailyCap, assignment: usual.assignment)
    }

    private static func notOffered(_ duration: Int32, _ durations: [Int32]) -> Rejection {
        let offered = durations.map(String.init).joined(separator: ", ")
        var rejection = Rejection(
            .durationNotOffered,
            "duration_minutes: \(duration) is not offered; the service takes \(offered)")
        rejection.field = "duration_minutes"
        return rejection
    }

    private func candidate(
        _ provider: Stored<Provider>, _ rules: EffectiveRules, in zone: TimeZoneRules,
        duration: Int32, isWalkIn: Bool, now: Instant
    ) -> Candidate {
        let grid =
            isWalkIn
            ? StartGrid(step: 1)
            : StartGrid(
                step: rules.step, offset: rules.stepOffset,
                anchor: rules.anchor == .window ? .window : .clock)
        guard let grid else { preconditionFailure("steps are checked when a service is stored") }
        return Candidate(
            person: provider,
            shape: VisitShape(
                bufferBefore: rules.bufferBefore, duration: duration,
                processing: rules.processing, finishing: rules.finishing,
                bufferAfter: rules.bufferAfter),
            grid: grid, anchor: isWalkIn ? .clock : rules.anchor,
            earliest: isWalkIn
                ? now.minute : now.minuteRoundedUp.clampedAdding(minutes: rules.notice),
            beyond: horizon(rules.horizonDays, in: zone, now: now),
            providerPhases: rules.providerPhases, keepsBuffersInHours: rules.keepsBuffersInHours,
            capacity: rules.capacity, capacityRule: rules.capacityRule,
            dailyCap: rules.providerCap)
    }

    private func named(_ request: SegmentRequest) throws(Rejection) -> [Stored<Provider>] {
        var named: [Stored<Provider>] = []
        named.reserveCapacity(request.providers.count)
        for (index, id) in request.providers.enumerated() {
            guard let provider = providers.stored(id) else {
                throw .unknown(
                    "provider", id.description,
                    field: request.providers.count == 1 ? "provider_id" : "provider_ids[\(index)]")
            }
            named.append(provider)
        }
        return named
    }

    /// The providers that may do it. Named ones are refused with a reason; unnamed ones are passed
    /// over.
    private func eligible(
        _ named: [Stored<Provider>], for service: Service, at location: Location
    ) throws(Rejection) -> [Stored<Provider>] {
        guard named.isEmpty else {
            for provider in named.lazy.map(\.record) {
                if provider.details.isDisabled {
                    throw Rejection(.providerDisabled, "the provider is disabled")
                        .about(provider.id)
                }
                guard service.details.providers.contains(provider.id) else {
                    throw Rejection(.serviceNotOffered, "the provider does not offer the service")
                        .about(provider.id)
                }
            }
            return named.count == 1 ? named : named.sorted { $0.record.id < $1.record.id }
        }
        return service.details.providers.compactMap { providers.stored($0) }
            .filter { !$0.record.details.isDisabled && $0.record.works(at: location.id) }
            .sorted { $0.record.id < $1.record.id }
    }

    /// The horizon ends with the local day that lies so many days ahead (availability.md 2, step
    /// 9).
    private func horizon(_ days: Int32, in zone: TimeZoneRules, now: Instant) -> Minute {
        let last = zone.localDate(at: now.minute).adding(days: days)
        return zone.windowEnd(of: last, minute: 1440)
    }
}

extension SlotRequest {
    /// A refusal of one of the segments, with its field named as the caller wrote it.
    fileprivate func path(of error: Rejection, inSegment index: Int) -> Rejection {
        guard listsSegments || segments.count > 1 else { return error }
        var error = error
        if error.field == "provider_id" { error.field = "provider_ids[0]" }
        return error.nested(in: "segments[\(index)]")
    }
}

extension Provider {
    /// Some hours of theirs are at the location.
    func works(at location: Identifier<Location>) -> Bool {
        details.schedules.contains { $0.location == location }
            || details.days.contains { $0.location == location && !$0.day.hours.isEmpty }
    }
}
