import Intervals
import Testing
import Workload

@testable import Scheduling

/// Bookings that a change of a service, or of whose hours count, leaves without what they were
/// booked for (complaints.md, row 17).
@Suite struct StrandedServiceTests {
    private var spa: Spa

    init() throws { spa = try Spa() }

    private func change(
        isDryRun: Bool = false, policy: StrandedPolicy = .keepAndFlag,
        _ edit: @escaping @Sendable (inout Service.Details) -> Void
    ) -> ChangeSchedule<Service> {
        ChangeSchedule<Service>(
            spa.facial, expectedVersion: 0, isDryRun: isDryRun, policy: policy
        ) { details throws(Rejection) in edit(&details) }
    }

    /// Books at a later moment than before: ids ascend with the clock.
    private mutating func book(
        _ start: Minute, _ patient: Identifier<Patient>? = nil,
        provider: Identifier<Provider>? = nil
    ) throws -> Booking {
        spa.sandbox.now = spa.sandbox.now.adding(seconds: 1)
        return try spa.book(start, patient: patient, provider: provider)
    }

    private func listed() -> [[Reason]] {
        spa.organization.listStranded(at: nil, after: nil, limit: 100, now: spa.sandbox.now)
            .rows.map(\.reasons)
    }

    @Test("a service that is archived strands its visits to come, and no other's")
    mutating func archived() throws {
        let booking = try book(spa.at(10, day: 1))
        try spa.book(spa.at(12, day: 1), service: spa.laser)
        let archive = change(isDryRun: true) { $0.isArchived = true }
        let trial = try spa.sandbox.perform(archive)
        #expect(trial.stranded.map(\.booking.id) == [booking.id])
        #expect(trial.stranded.map(\.reasons) == [[.serviceNotOffered]])
        #expect(trial.row.details.isArchived && spa.sandbox.lastEvent == nil)
        let strict = change(policy: .refuseIfAny) { $0.isArchived = true }
        let refusal = spa.sandbox.refusal(of: strict)
        #expect(refusal?.reason == .strandedBookings)
        #expect(refusal?.blocking == [booking.id.description])
        try spa.sandbox.perform(change { $0.isArchived = true })
        #expect(spa.organization.isOutOfHours(booking))
        #expect(spa.organization.bookings[booking.id] == booking, "kept")
        #expect(listed() == [[.serviceNotOffered]])
        spa.sandbox.now = Instant(booking.end)
        #expect(listed().isEmpty)
    }

    @Test("a provider who is taken off a service leaves those visits to come that are with them")
    mutating func provider() throws {
        let ada = spa.ada
        let booking = try book(spa.at(10, day: 1), provider: ada)
        _ = try book(spa.at(10, day: 1), spa.noor, provider: spa.bo)
        let outcome = try spa.sandbox.perform(change { $0.providers.removeAll { $0 == ada } })
        #expect(outcome.stranded.map(\.booking.id) == [booking.id])
        #expect(outcome.stranded.map(\.reasons) == [[.serviceNotOffered]])
    }

    @Test(
        "a capacity that shrinks strands those who were booked last, of one start or any overlap",
        arguments: CapacityRule.allCases)
    mutating func capacity(rule: CapacityRule) throws {
        try spa.sandbox.perform(
            change {
                $0.capacity = 3
                $0.capacityRule = rule
            })
        let first = try book(spa.at(10, day: 1))
        let second = try book(spa.at(10, day: 1), spa.noor)
        let patient = try spa.sandbox.perform(CreateRecord<Patient>(.init())).id
        let third = try book(spa.at(10, day: 1), patient)
        let other = try book(spa.at(14, day: 1))
        let two = try spa.sandbox.perform(change(isDryRun: true) { $0.capacity = 2 })
        #expect(two.stranded.map(\.booking.id) == [third.id])
        #expect(two.stranded.map(\.reasons) == [[.slotTaken]])
        #expect(
            try spa.sandbox.perform(change(isDryRun: true) { $0.capacity = 4 }).stranded.isEmpty)
        // What is said of one provider counts with that provider.
        let ada = spa.ada
        let variant = change(isDryRun: true) {
            var variant = ServiceVariant(provider: ada)
            variant.capacity = 1
            $0.variants = [variant]
        }
        #expect(
            try spa.sandbox.perform(variant).stranded.map(\.booking.id) == [second.id, third.id])
        try spa.sandbox.perform(change { $0.capacity = 1 })
        #expect(spa.organization.isOutOfHours(second) && spa.organization.isOutOfHours(third))
        #expect(!spa.organization.isOutOfHours(first) && !spa.organization.isOutOfHours(other))
        #expect(listed() == [[.slotTaken], [.slotTaken]])
    }

    @Test("what strands nobody: other durations, buffers, steps, notice and requirements")
    mutating func frozen() throws {
        _ = try book(spa.at(10, day: 1))
        let outcome = try spa.sandbox.perform(
            change(policy: .refuseIfAny) {
                $0.durations = [90]
                $0.bufferBefore = 30
                $0.bufferAfter = 30
                $0.step = 60
                $0.notice = 100_000
                $0.horizonDays = 1
                $0.dailyCap = 1
                $0.requirements = [Requirement(.pool("rooms"))]
            })
        #expect(outcome.stranded.isEmpty)
    }

    @Test("providers who may no longer extend the location's hours are told whom that strands")
    mutating func extendedHours() throws {
        try spa.set { $0.providersMayExtendHours = true }
        let mornings = try hours(1...7, 540, 720)
        try spa.sandbox.perform(
            ChangeSchedule<Location>(
                spa.location, expectedVersion: 0, isDryRun: false, policy: .keepAndFlag
            ) { details throws(Rejection) in details.hours = mornings })
        _ = try book(spa.at(10, day: 1))
        let late = try book(spa.at(14, day: 1))
        var command = UpdateOrganization(
            expectedVersion: 0, details: spa.organization.profile.details)
        command.details.providersMayExtendHours = false
        command.isDryRun = true
        let trial = try spa.sandbox.perform(command)
        #expect(trial.stranded.map(\.booking.id) == [late.id])
        #expect(trial.stranded.map(\.reasons) == [[.locationClosed]])
        #expect(spa.organization.profile.details.providersMayExtendHours)
        command.isDryRun = false
        command.policy = .refuseIfAny
        #expect(spa.sandbox.refusal(of: command)?.reason == .strandedBookings)
        command.policy = .keepAndFlag
        try spa.sandbox.perform(command)
        #expect(spa.organization.isOutOfHours(late))
        // Another setting strands nobody, and is not asked about anybody.
        command.details.providersMayExtendHours = false
        command.details.name = "Another"
        command.policy = .refuseIfAny
        #expect(try spa.sandbox.perform(command).stranded.isEmpty)
    }
}
