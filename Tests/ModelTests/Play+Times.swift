import Intervals
import Testing
import Workload

@testable import Scheduling

// What is asked of holds and of the waitlist.

extension Play {
    /// A hold's id. Offers are made by the core, which tells them with the wish.
    func id(hold: Int) throws -> Identifier<Hold> {
        if let known = clinic.holds[hold] { return known }
        let wish = clinic.model.wishes.first { $0.value.hold == hold }?.key
        let entry = try #require(wish.flatMap { clinic.wishes[$0] })
        let organization = try bench.organization(clinic.name)
        return try #require(organization.waitlist[entry]?.hold, "\(place): no offer")
    }

    private mutating func someHold(_ isWanted: (Keep) -> Bool = { _ in true }) -> Int? {
        let all = clinic.model.holds.filter { isWanted($0.value) }.keys.sorted()
        return random.pick(Array(all.suffix(6)))
    }

    mutating func hold() throws {
        switch random.pick(weights: [8, 4, 2, 1, 3]) {
        case 0: try placeHold()
        case 1:
            let clock = clinic.model.clock
            let live = random.chance(80) ? someHold { $0.expires > clock } : nil
            guard let hold = live ?? someHold() else { return }
            let seconds = random.pick(0...2000)
            let verdict = clinic.model.renew(hold, seconds: seconds)
            let command = RenewHold(try id(hold: hold), seconds: Int32(seconds))
            _ = try perform(command, verdict, "renew \(hold) for \(seconds)")
        case 2:
            guard let hold = someHold() else { return }
            let command = ReleaseHold(try id(hold: hold))
            let verdict = clinic.model.release(hold)
            _ = try perform(command, verdict, "release \(hold)")
        case 3:
            let verdict = clinic.model.sweepHolds()
            _ = try perform(SweepHolds(), verdict, "sweep holds")
        default:
            let verdict = clinic.model.expireHolds()
            _ = try perform(ExpireHolds(), verdict, "expire holds")
        }
    }

    private mutating func placeHold() throws {
        let order = order()
        var wish = Model.HoldWish()
        wish.owner = random.pick(0...2)
        wish.patient = random.chance(60) ? order.patient : nil
        wish.parts = order.parts
        wish.start = someStart()
        wish.seconds = random.pick(0...2000)
        if random.chance(30), let visit = someVisit(), let moved = clinic.model.visits[visit],
            moved.imported == nil
        {
            wish.moving = visit
            wish.parts = moved.parts.map { ($0.service, $0.provider) }
            if random.chance(90) { wish.patient = nil }
        }
        if random.chance(20) { wish.replacing = someHold { $0.owner >= 0 } }
        var request = SlotRequest(
            location: try #require(clinic.location),
            segments: wish.parts.map {
                SegmentRequest(
                    service: clinic.services[$0.service],
                    providers: [clinic.providers[$0.provider]])
            })
        if let moving = wish.moving { request.ignoring = try record(visit: moving).id }
        if let replacing = wish.replacing { request.hold = try id(hold: replacing) }
        let command = PlaceHold(
            request, start: Minute(sinceEpoch: Int32(wish.start)),
            patient: wish.patient.map { clinic.patients[$0] },
            owner: wish.owner == 0 ? "" : "\(wish.owner)", seconds: Int32(wish.seconds))
        let (verdict, hold) = clinic.model.hold(wish, now: now)
        guard let kept = try perform(command, verdict, "hold \(wish)"), let hold else { return }
        if let known = clinic.holds[hold] {
            try #require(known == kept.id, "\(place): another hold than the first one")
        }
        clinic.holds[hold] = kept.id
    }

    mutating func wait() throws {
        switch random.pick(weights: [6, 3, 3]) {
        case 0:
            let earliest = now / 15 * 15 + 15 * random.pick(-4...20)
            let wish = Wish(
                patient: somePatient(), service: random.pick(0...3), provider: random.pick(0...2),
                earliest: earliest, latest: earliest + 15 * random.pick(1...12),
                priority: random.pick(0...1), seconds: random.pick(60...1800))
            var entry = WaitlistEntry(
                id: Identifier(value: 0), patient: clinic.patients[wish.patient],
                location: try #require(clinic.location),
                segments: [
                    SegmentRequest(
                        service: clinic.services[wish.service],
                        providers: [clinic.providers[wish.provider]])
                ], earliest: Minute(sinceEpoch: Int32(wish.earliest)),
                latest: Minute(sinceEpoch: Int32(wish.latest)), createdAt: bench.now)
            entry.priority = Int32(wish.priority)
            entry.offerSeconds = Int32(wish.seconds)
            let (verdict, number) = clinic.model.join(wish)
            let id = try perform(JoinWaitlist(entry), verdict, "join \(wish)")
            if let number, let id { clinic.know(number, id) }
        case 1:
            let all = clinic.model.wishes.keys.sorted()
            guard let wish = random.pick(Array(all.suffix(6))) else { return }
            let id = try #require(clinic.wishes[wish])
            let current = try bench.organization(clinic.name).waitlist[id]?.version
            let (expected, isStale) = version(current)
            let verdict = clinic.model.leave(wish, stale: isStale)
            _ = try perform(
                LeaveWaitlist(id, expectedVersion: expected), verdict, "leave \(wish)")
        default:
            let verdict = clinic.model.sweepWaitlist()
            _ = try perform(SweepWaitlist(), verdict, "sweep the waitlist")
        }
    }
}
