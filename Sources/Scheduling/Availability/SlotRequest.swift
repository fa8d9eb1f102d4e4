internal import Intervals

/// Where, what, how long, with whom: what a slot is asked for, before it is looked up.
public struct SlotRequest: Sendable {
    public var location: Identifier<Location>
    public var service: Identifier<Service>
    /// Minutes; nil: the service's default.
    public var duration: Int32?
    /// None: any provider of the service.
    public var providers: [Identifier<Provider>]
    /// The booking that is being moved and does not stand in its own way.
    public var ignoring: Identifier<Booking>?
    /// The caller's own hold.
    public var hold: Identifier<Hold>?
    /// The patient is here: notice and step do not apply.
    public var isWalkIn: Bool

    public init(
        location: Identifier<Location>, service: Identifier<Service>, duration: Int32? = nil,
        providers: [Identifier<Provider>] = [], ignoring: Identifier<Booking>? = nil,
        hold: Identifier<Hold>? = nil, isWalkIn: Bool = false
    ) {
        self.location = location
        self.service = service
        self.duration = duration
        self.providers = providers
        self.ignoring = ignoring
        self.hold = hold
        self.isWalkIn = isWalkIn
    }
}

/// A request with its records found and its rules resolved, ready to be asked about times.
struct SlotQuestion {
    var location: Location
    var service: Service
    /// Those who could do it, in order of id; the request's own, or the service's that work here.
    var providers: [Provider]
    /// The caller named the provider or providers.
    var isNamed: Bool
    var need: SlotNeed
    /// The first start that the notice allows.
    var earliest: Minute
    /// The first start that lies beyond the horizon.
    var beyond: Minute
}

extension Organization {
    /// Finds the records of a request and refuses what no time could mend: availability.md 2, step
    /// 1.
    func question(
        _ request: SlotRequest, now: Instant
    ) throws(Rejection) -> SlotQuestion {
        guard let location = locations[request.location] else {
            throw .unknown("location", request.location.description, field: "location_id")
        }
        guard let service = services[request.service] else {
            throw .unknown("service", request.service.description, field: "service_id")
        }
        var named: [Provider] = []
        for (index, id) in request.providers.enumerated() {
            guard let provider = providers[id] else {
                throw .unknown(
                    "provider", id.description,
                    field: request.providers.count == 1
                        ? "provider_id" : "provider_ids[\(index)]")
            }
            named.append(provider)
        }
        if location.details.isArchived {
            throw Rejection(.locationInactive, "the location is archived").about(location.id)
        }
        if service.details.isArchived {
            throw Rejection(.serviceNotOffered, "the service is archived").about(service.id)
        }
        let duration = request.duration ?? service.details.durations[0]
        guard service.details.durations.contains(duration) else {
            let offered = service.details.durations.map(String.init).joined(separator: ", ")
            var rejection = Rejection(
                .durationNotOffered,
                "duration_minutes: \(duration) is not offered; the service takes \(offered)")
            rejection.field = "duration_minutes"
            throw rejection
        }
        let eligible = try self.eligible(named, for: service, at: location)
        return SlotQuestion(
            location: location, service: service, providers: eligible, isNamed: !named.isEmpty,
            need: need(request, of: service.details, duration: duration, now: now),
            earliest: request.isWalkIn
                ? now.minute
                : now.minuteRoundedUp.clampedAdding(minutes: service.details.notice),
            beyond: horizon(of: service.details, at: location, now: now))
    }

    private func need(
        _ request: SlotRequest, of service: Service.Details, duration: Int32, now: Instant
    ) -> SlotNeed {
        let grid =
            request.isWalkIn
            ? StartGrid(step: 1) : StartGrid(step: service.step, offset: service.stepOffset)
        guard let grid else { preconditionFailure("steps are checked when a service is stored") }
        return SlotNeed(
            duration: duration, bufferBefore: service.bufferBefore,
            bufferAfter: service.bufferAfter, grid: grid,
            view: CalendarView(
                nowMilliseconds: now.milliseconds, ignoredBooking: request.ignoring?.value,
                ignoredHold: request.hold?.value))
    }

    /// The providers that may do it. Named ones are refused with a reason; unnamed ones are passed
    /// over.
    private func eligible(
        _ named: [Provider], for service: Service, at location: Location
    ) throws(Rejection) -> [Provider] {
        guard named.isEmpty else {
            for provider in named {
                if provider.details.isDisabled {
                    throw Rejection(.providerDisabled, "the provider is disabled")
                        .about(provider.id)
                }
                guard service.details.providers.contains(provider.id) else {
                    throw Rejection(.serviceNotOffered, "the provider does not offer the service")
                        .about(provider.id)
                }
            }
            return named.count == 1 ? named : named.sorted { $0.id < $1.id }
        }
        return service.details.providers.compactMap { providers[$0] }
            .filter { provider in
                !provider.details.isDisabled
                    && provider.details.schedules.contains { $0.location == location.id }
            }
            .sorted { $0.id < $1.id }
    }

    /// The horizon ends with the local day that lies so many days ahead (availability.md 2, step
    /// 9).
    private func horizon(of service: Service.Details, at location: Location, now: Instant) -> Minute
    {
        guard let zone = try? zones.zone(location.details.timeZone) else { return now.minute }
        let last = zone.localDate(at: now.minute).adding(days: service.horizonDays)
        return zone.windowEnd(of: last, minute: 1440)
    }

    func schedule(
        of provider: Provider, _ question: SlotQuestion, from: Minute, to: Minute
    ) -> LaneSchedule? {
        schedules.schedule(
            of: provider, at: question.location, from: from,
            to: to.clampedAdding(minutes: question.need.duration))
    }

    func calendar(of provider: Identifier<Provider>) -> ResourceCalendar {
        calendars[provider] ?? ResourceCalendar()
    }
}
