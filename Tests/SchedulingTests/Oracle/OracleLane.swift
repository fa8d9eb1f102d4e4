import Intervals

@testable import Scheduling

/// A provider who could do a segment, with the numbers that count for the two.
struct OracleLane {
    var provider: Provider
    var numbers: OracleNumbers
    var shape: MinuteShape
    /// All of the visit, buffers included.
    var whole: [MinuteShape.Part]
    /// When the provider is busy.
    var busy: [MinuteShape.Part]

    init(_ provider: Provider, _ numbers: OracleNumbers, duration: Int) {
        self.provider = provider
        self.numbers = numbers
        shape = MinuteShape(
            before: numbers.before, duration: duration, processing: numbers.processing,
            finishing: numbers.finishing, after: numbers.after)
        whole = shape.parts(.all)
        busy = shape.parts(numbers.providerPhases)
    }

    /// What of a part must lie within hours.
    func inHours(_ part: MinuteShape.Part) -> Range<Int> {
        numbers.keepsBuffersInHours ? part.whole : part.inner
    }
}

/// A segment of a visit that is asked for.
struct OracleSegment {
    var service: Service
    /// Minutes from the visit's start.
    var offset: Int
    var lanes: [OracleLane]
    /// Rooms or devices that are wanted by name.
    var pins: [Identifier<Resource>]
}

/// The numbers of a service with a provider at a location: field by field, the most specific level
/// that sets it.
struct OracleNumbers {
    var durations: [Int]
    var before: Int
    var after: Int
    var step: Int
    var stepOffset: Int
    var notice: Int
    var horizonDays: Int
    var anchor: StartAnchor
    var keepsBuffersInHours: Bool
    var processing: Int
    var finishing: Int
    var providerPhases: PhaseSet
    var capacity: Int
    var capacityRule: CapacityRule
    /// Visits of the service that may start on a day at the location; 0: any number.
    var dailyCap: Int
    /// Those of them with the provider; 0: any number.
    var providerCap: Int

    init(
        _ service: Service.Details, _ provider: Identifier<Provider>?, _ place: Location,
        _ organization: Organization
    ) {
        // Provider and location, provider, location: in the order in which they win.
        let wanted: [(Identifier<Provider>?, Identifier<Location>?)] =
            provider.map { [($0, place.id), ($0, nil), (nil, place.id)] } ?? [(nil, place.id)]
        let entries = wanted.compactMap { key in
            service.variants.first { $0.provider == key.0 && $0.location == key.1 }
        }
        let defaults = [place.details.defaults, organization.profile.details.defaults]
        func value<Value>(
            _ field: (ServiceVariant) -> Value?, _ own: Value?,
            _ common: (ServiceDefaults) -> Value?, _ usual: Value
        ) -> Value {
            entries.lazy.compactMap(field).first ?? own ?? defaults.lazy.compactMap(common).first
                ?? usual
        }
        func value<Value>(_ field: (ServiceVariant) -> Value?, _ own: Value) -> Value {
            entries.lazy.compactMap(field).first ?? own
        }
        let own = entries.first { !$0.durations.isEmpty }?.durations ?? service.durations
        durations = own.map { Int($0) }
        before = Int(value(\.bufferBefore, service.bufferBefore, \.bufferBefore, 0))
        after = Int(value(\.bufferAfter, service.bufferAfter, \.bufferAfter, 0))
        step = Int(value(\.step, service.step, \.step, 15))
        stepOffset = Int(value(\.stepOffset, service.stepOffset, \.stepOffset, 0)) % step
        notice = Int(value(\.notice, service.notice, \.notice, 0))
        horizonDays = Int(value(\.horizonDays, service.horizonDays, \.horizonDays, 180))
        anchor = value(\.anchor, service.anchor, \.anchor, .clock)
        keepsBuffersInHours = value(
            \.keepsBuffersInHours, service.keepsBuffersInHours, \.keepsBuffersInHours, false)
        processing = Int(value(\.processing, service.processing))
        finishing = Int(value(\.finishing, service.finishing))
        providerPhases = value(\.providerPhases, service.providerPhases)
        capacity = Int(value(\.capacity, service.capacity))
        capacityRule = value(\.capacityRule, service.capacityRule)
        let here = service.variants.first { $0.provider == nil && $0.location == place.id }
        dailyCap = Int(here?.dailyCap ?? service.dailyCap)
        let ofProvider = entries.filter { $0.provider != nil }
        providerCap = Int(ofProvider.lazy.compactMap(\.dailyCap).first ?? 0)
    }

    /// How many visits of any kind a minute of the provider bears.
    var tolerance: Int { capacity > 1 && capacityRule == .anyOverlap ? capacity : 1 }

    /// Visits of one start are served together.
    var hasSessions: Bool { capacity > 1 && capacityRule == .sameStart }
}

extension OracleSegment {
    /// The segments of a request; nil where a duration is not offered by anybody.
    static func all(_ request: SlotRequest, in organization: Organization) -> [OracleSegment]? {
        var offset = 0
        var segments: [OracleSegment] = []
        for wanted in request.segments {
            guard let service = organization.services[wanted.service],
                let place = organization.locations[request.location],
                service.details.requirements.allSatisfy({ requirement in
                    guard case .resource(let id) = requirement.source else { return true }
                    if wanted.resources.contains(id) { return false }
                    let room = organization.resources[id]?.details
                    return room?.location == request.location && room?.isArchived == false
                })
            else { return nil }
            let isOnly = request.segments.count == 1
            let providers = providers(wanted, service, at: request.location, in: organization)
            var common = wanted.duration.map { Int($0) }
            if !isOnly, common == nil, providers.count != 1 || wanted.providers.isEmpty {
                common = OracleNumbers(service.details, nil, place, organization).durations[0]
            }
            var lanes: [OracleLane] = []
            for provider in providers {
                let numbers = OracleNumbers(service.details, provider.id, place, organization)
                let duration = common ?? numbers.durations[0]
                guard numbers.durations.contains(duration) else { continue }
                lanes.append(OracleLane(provider, numbers, duration: duration))
            }
            let usual = OracleNumbers(service.details, nil, place, organization).durations
            if lanes.isEmpty, let common, !providers.isEmpty || !usual.contains(common) {
                return nil
            }
            segments.append(
                OracleSegment(
                    service: service, offset: offset, lanes: lanes, pins: wanted.resources))
            offset += lanes.first?.shape.duration ?? 0
        }
        return segments
    }

    private static func providers(
        _ wanted: SegmentRequest, _ service: Service, at location: Identifier<Location>,
        in organization: Organization
    ) -> [Provider] {
        let ids = wanted.providers.isEmpty ? service.details.providers : wanted.providers
        return ids.sorted().compactMap { organization.providers[$0] }.filter { provider in
            !wanted.providers.isEmpty
                || !provider.details.isDisabled && works(provider, at: location)
        }
    }

    /// Some hours of theirs are there.
    static func works(_ provider: Provider, at location: Identifier<Location>) -> Bool {
        provider.details.schedules.contains { $0.location == location }
            || provider.details.days.contains {
                $0.location == location && !$0.day.hours.isEmpty
            }
    }
}
