internal import Intervals
internal import Scheduling

// What is asked of times: holds, moves in time, wishes for a time, and rules that are broken.

extension CommandStream {
    /// Mostly none; else some that a manager may break, now and then one that nobody may, or
    /// without a reason.
    mutating func overrides() -> OverrideWish {
        var wish = OverrideWish()
        guard random.chance(12) else { return wish }
        let breakable = CallerRole.manager.overrides.sorted { $0.rawValue < $1.rawValue }
        for _ in 0..<random.pick(1...3) {
            wish.rules.append(random.pick(wrong() ? Reason.allCases : breakable) ?? .slotTaken)
        }
        wish.note = wrong() ? "" : "random"
        return wish
    }

    mutating func reschedule(_ organization: Organization, _ now: Instant) -> RandomCommand {
        if let hold = ownHold(organization), random.chance(25) {
            return reschedule(onto: hold, organization)
        }
        let id = booking()
        let provider = random.chance(20) ? provider() : nil
        let old = organization.bookings[id]
        let request = old.map {
            SlotRequest(
                location: $0.location, service: $0.segments[0].service,
                providers: [provider ?? $0.segments[0].provider], ignoring: id)
        }
        var command = RescheduleBooking(
            id, expectedVersion: version(old?.version),
            start: start(request, organization, now), provider: provider)
        command.overrides = overrides()
        command.overridesStarted = random.chance(15)
        return RandomCommand(command)
    }

    /// A late hold that is for moving a booking, or any.
    private mutating func ownHold(_ organization: Organization) -> Hold? {
        let late = holds.suffix(8).compactMap { organization.holds[$0] }
        return random.pick(late.filter { $0.moving != nil }) ?? random.pick(late)
    }

    private mutating func reschedule(
        onto hold: Hold, _ organization: Organization
    ) -> RandomCommand {
        let id = wrong() ? booking() : hold.moving ?? booking()
        var command = RescheduleBooking(
            id, expectedVersion: version(organization.bookings[id]?.version), start: hold.start,
            provider: nil)
        command.hold = hold.id
        return RandomCommand(command)
    }

    mutating func holding(_ organization: Organization, _ now: Instant) -> RandomCommand {
        switch random.pick(weights: [7, 2, 1, 3]) {
        case 0: return RandomCommand(placing(organization, now))
        case 1: return RandomCommand(ReleaseHold(hold()))
        case 2:
            return random.chance(50) ? RandomCommand(SweepHolds()) : RandomCommand(ExpireHolds())
        default:
            let id = random.chance(70) ? holds.last ?? hold() : hold()
            return RandomCommand(RenewHold(id, seconds: Int32(random.pick(0...2000))))
        }
    }

    private mutating func placing(_ organization: Organization, _ now: Instant) -> PlaceHold {
        var request = SlotRequest(
            location: location(), service: service(),
            providers: random.chance(50) ? [provider()] : [])
        var patient = random.chance(50) ? patient() : nil
        let owner = random.pick(["", "kiosk", "web-1", "web-2"]) ?? ""
        if random.chance(20), let moved = organization.bookings[booking()] {
            request = SlotRequest(
                location: moved.location,
                segments: moved.segments.map {
                    SegmentRequest(service: $0.service, providers: [$0.provider])
                })
            request.ignoring = moved.id
            if !wrong() { patient = nil }
        }
        if random.chance(15) { request.hold = hold() }
        var command = PlaceHold(
            request, start: start(request, organization, now), patient: patient, owner: owner,
            seconds: Int32(random.pick(0...2000)))
        command.overrides = overrides()
        return command
    }

    mutating func waiting(_ organization: Organization, _ now: Instant) -> RandomCommand {
        switch random.pick(weights: [6, 3, 2]) {
        case 0:
            let earliest = start(now)
            var entry = WaitlistEntry(
                id: Identifier(value: 0), patient: patient(), location: location(),
                segments: [
                    SegmentRequest(
                        service: service(), providers: random.chance(40) ? [provider()] : [])
                ], earliest: earliest,
                latest: earliest.clampedAdding(minutes: Int32(random.pick(1...48)) * 60),
                createdAt: now)
            entry.priority = Int32(random.pick(0...2))
            entry.offerSeconds = Int32(random.pick(60...1800))
            return RandomCommand(JoinWaitlist(entry))
        case 1:
            let id = wish()
            return RandomCommand(
                LeaveWaitlist(id, expectedVersion: version(organization.waitlist[id]?.version)))
        default:
            return RandomCommand(SweepWaitlist())
        }
    }

    mutating func grouping(_ organization: Organization, _ now: Instant) -> RandomCommand {
        if random.chance(50), !groups.isEmpty {
            let id = random.chance(60) ? groups.last ?? group() : group()
            let first = organization.bookings(of: id).map(\.start).min()
            let later = first?.clampedAdding(minutes: 15 * Int32(random.pick(1...12)))
            var command = RescheduleBookingGroup(
                id, start: random.chance(60) ? later ?? start(now) : start(now))
            command.overrides = overrides()
            if random.chance(30) {
                let id = organization.bookings(of: id).first?.id ?? booking()
                command.expectedVersions[id] = version(organization.bookings[id]?.version)
            }
            return RandomCommand(command)
        }
        return RandomCommand(
            CreateBookingGroup(
                (0..<random.pick(1...3)).map { _ in
                    .init(patient: patient(), newBooking(organization, now))
                }))
    }
}
