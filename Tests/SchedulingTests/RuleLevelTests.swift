import Intervals
import Testing
import Workload

@testable import Scheduling

/// Who has the word about a service: organization, location, service, and its entries, each over
/// the one before, field by field (availability.md 2, step 1).
struct RuleLevelTests {
    private var spa: Spa

    init() throws {
        spa = try Spa()
    }

    private mutating func set(
        organization: (inout ServiceDefaults) -> Void = { _ in },
        location: (inout ServiceDefaults) -> Void = { _ in },
        service: (inout Service.Details) -> Void = { _ in }
    ) throws {
        var settings = spa.organization.profile.details
        organization(&settings.defaults)
        try spa.sandbox.perform(UpdateOrganization(expectedVersion: 0, details: settings))
        var place = try #require(spa.organization.locations[spa.location]).details
        location(&place.defaults)
        try spa.sandbox.perform(UpdateRecord(spa.location, expectedVersion: 0, details: place))
        var details = try #require(spa.organization.services[spa.facial]).details
        service(&details)
        try spa.sandbox.perform(UpdateRecord(spa.facial, expectedVersion: 0, details: details))
    }

    private func rules(with provider: Identifier<Provider>? = nil) throws -> EffectiveRules {
        let service = try #require(spa.organization.services[spa.facial])
        let place = try #require(spa.organization.locations[spa.location])
        return spa.organization.rules(of: service.details, provider: provider, at: place)
    }

    @Test("each level's word goes before those of the levels above it, field by field")
    mutating func levels() throws {
        try set(
            organization: {
                $0.bufferBefore = 1
                $0.bufferAfter = 1
                $0.notice = 1
            },
            location: {
                $0.bufferAfter = 2
                $0.notice = 2
            },
            service: {
                $0.bufferBefore = nil
                $0.bufferAfter = nil
                $0.notice = 3
                $0.horizonDays = nil
            })
        let rules = try rules()
        #expect(rules.bufferBefore == 1 && rules.bufferAfter == 2 && rules.notice == 3)
        #expect(rules.horizonDays == 180)
    }

    @Test("an entry of provider and location goes before one of the provider, and that before both")
    mutating func entries() throws {
        let (ada, location) = (spa.ada, spa.location)
        try set(service: {
            var here = ServiceVariant(location: location)
            (here.notice, here.bufferBefore, here.bufferAfter) = (10, 11, 12)
            var hers = ServiceVariant(provider: ada)
            (hers.notice, hers.bufferBefore) = (20, 21)
            var both = ServiceVariant(provider: ada, location: location)
            both.notice = 30
            $0.variants = [both, hers, here]
        })
        let hers = try rules(with: spa.ada)
        #expect(hers.notice == 30 && hers.bufferBefore == 21 && hers.bufferAfter == 12)
        let others = try rules(with: spa.bo)
        #expect(others.notice == 10 && others.bufferBefore == 11 && others.bufferAfter == 12)
    }

    @Test("an offset is seen against the step that wins, not against those that lose to it")
    mutating func offsets() throws {
        try set(
            organization: {
                $0.step = 7
                $0.stepOffset = 20
            },
            service: {
                $0.step = 50
                $0.stepOffset = nil
            })
        #expect(try rules().stepOffset == 20)
        try set(service: { $0.step = nil })
        #expect(try rules().stepOffset == 6)
    }

    @Test("a daily cap counts a visit over midnight to the local day on which it starts")
    mutating func midnight() throws {
        let always = try hours(1...7, 0, 1440)
        var place = try #require(spa.organization.locations[spa.location]).details
        place.hours = always
        place.dailyCap = 1
        try spa.sandbox.perform(UpdateRecord(spa.location, expectedVersion: 0, details: place))
        var ada = try #require(spa.organization.providers[spa.ada]).details
        ada.schedules = [ProviderSchedule(location: spa.location, hours: always)]
        try spa.sandbox.perform(UpdateRecord(spa.ada, expectedVersion: 0, details: ada))
        try spa.book(spa.at(23, 45, day: 1))

        let request = SlotRequest(location: spa.location, service: spa.facial)
        func isFree(_ start: Minute) throws -> Bool {
            let verdict = try spa.organization.explain(request, at: start, now: spa.sandbox.now)
            return verdict.isAvailable
        }
        #expect(try !isFree(spa.at(10, day: 1)) && isFree(spa.at(10, day: 2)))
        #expect(try isFree(spa.at(23, 45)) && isFree(spa.at(0, 15, day: 2)))
        let refusal = spa.sandbox.refusal(
            of: CreateBooking(patient: spa.noor, try spa.newBooking(spa.at(10, day: 1))))
        #expect(refusal?.reason == .dailyCap)
    }
}
