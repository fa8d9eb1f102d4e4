import Intervals
import Testing
import Workload

@testable import Scheduling

/// What is offered can be booked, what is not offered is refused with a rule that really fails:
/// availability.md 2.
struct OfferedIsBookableTests {
    @Test(
        "each minute of a day books exactly when it is listed, and is refused with a true reason",
        arguments: 61...72)
    func bothWays(seed: UInt64) throws {
        var world = try SmallWorld(seed: seed)
        let index = Int(seed % 3)
        let service = world.ids.services[index]
        let isAny = seed % 2 == 0
        let provider = isAny ? nil : world.organization.services[service]?.details.providers.first
        let request = world.request(service: service, provider: provider)
        let listed = try world.starts(request).starts
        let lanes = try world.judge(request)
        let horizon = world.window.upperBound

        var new = NewBooking()
        new.location = request.location
        new.service = request.service
        new.provider = provider
        // The middle day and some hours round it.
        for offset in 1200..<3000 {
            let start = Minute(sinceEpoch: Int32(world.window.lowerBound + offset))
            new.start = start
            var context = world.sandbox.context()
            let refusal: Rejection?
            do {
                let decision = try CreateBooking(patient: world.ids.patients[0], new)
                    .decide(on: world.organization, &context)
                refusal = nil
                let chosen = decision.outcome.booking.segments[0].provider
                let verdict = lanes.first { $0.id == chosen }?.verdicts[offset]
                #expect(verdict?.isFree == true, "seed \(seed) at \(start)")
            } catch {
                refusal = error
            }
            let isListed = listed.contains(start)
            #expect(
                (refusal == nil) == isListed,
                "seed \(seed) at \(start): \(String(describing: refusal))")
            guard let refusal else { continue }
            let verdicts = lanes.map { $0.verdicts[offset] }
            #expect(
                isTrue(refusal.reason, of: verdicts), "seed \(seed) at \(start): \(refusal.reason)")
            // The next free start is the next listed one. Beyond the window the oracle is blind.
            let next = listed.first { $0 > start }
            if let next {
                #expect(refusal.nextFree == next.sinceEpoch, "seed \(seed) at \(start)")
            } else if let free = refusal.nextFree {
                #expect(free >= horizon, "seed \(seed) at \(start)")
            }
        }
        #expect(world.organization.violations().isEmpty)
    }

    /// Whether a reason is the truth about at least one provider, and none is called off step who
    /// is on it.
    private func isTrue(_ reason: Reason, of verdicts: [MinuteOracle.Verdict]) -> Bool {
        switch reason {
        case .locationClosed, .outsideHours: verdicts.contains { !$0.isWithinHours }
        case .timeOff: verdicts.contains(where: \.isOff)
        case .slotTaken: verdicts.contains(where: \.isBooked)
        case .slotHeld: verdicts.contains(where: \.isHeld)
        case .buffer: verdicts.contains { $0.isBooked || $0.isHeld || $0.isOff }
        case .tooSoon: verdicts.contains(where: \.isTooSoon)
        case .tooFar: verdicts.contains(where: \.isTooFar)
        case .offStep: verdicts.contains { !$0.isOnStep }
        case .serviceNotOffered: true
        default: false
        }
    }

    @Test("each listed start books, holds and is rescheduled to, alone", arguments: 80...87)
    func everyListed(seed: UInt64) throws {
        var world = try SmallWorld(seed: seed)
        for service in world.ids.services {
            let request = world.request(service: service, provider: nil)
            let starts = try world.starts(request).starts
            let step = max(1, starts.count / 40)
            for index in stride(from: 0, to: starts.count, by: step) {
                var sandbox = world.sandbox
                var new = NewBooking()
                new.location = request.location
                new.service = service
                new.start = starts[index]
                let patient = world.ids.patients[0]
                #expect(sandbox.refusal(of: CreateBooking(patient: patient, new)) == nil)
                #expect(sandbox.organization.violations().isEmpty)
                sandbox.undoLast()
                let hold = PlaceHold(
                    request, start: starts[index], patient: nil, owner: "o", seconds: 0)
                #expect(sandbox.refusal(of: hold) == nil)
                sandbox.undoLast()
                new.start = starts[0]
                let booking = try sandbox.perform(CreateBooking(patient: patient, new)).booking
                var moving = request
                moving.ignoring = booking.id
                moving.providers = [booking.segments[0].provider]
                let targets = try sandbox.organization.findSlots(
                    moving, from: starts[0], to: starts[starts.count - 1].clampedAdding(minutes: 1),
                    limit: 10_000, now: sandbox.now
                ).starts
                let target = targets[index % targets.count]
                let move = RescheduleBooking(
                    booking.id, expectedVersion: 0, start: target, provider: nil)
                #expect(sandbox.refusal(of: move) == nil)
                #expect(sandbox.organization.violations().isEmpty)
            }
        }
    }
}
