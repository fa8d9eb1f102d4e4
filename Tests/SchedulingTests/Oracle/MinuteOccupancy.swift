import Intervals

@testable import Scheduling

/// A thing that visits take.
enum MinuteThing: Hashable {
    case provider(Identifier<Provider>)
    case resource(Identifier<Resource>)
    case pool(Identifier<Location>, String)
}

/// What one visit takes of one thing, in one stretch.
struct MinuteTaken {
    var thing: MinuteThing
    var whole: Range<Int>
    /// The stretch that neighbours may not share: without buffers; empty of a buffer alone.
    var inner: Range<Int>
    var units: Int
    /// The most visits that it bears in any of its minutes; `Int.max`: the thing decides.
    var tolerance: Int
    /// The session that it is a part of.
    var session: Session?
    var seats: Int
    var owner: UInt128
    var isHold: Bool
    /// There is nothing of the visit in it.
    var isBuffer: Bool
    /// When the segment starts that it belongs to.
    var segment: Minute?

    /// What decides which of two segments has a minute.
    func rank(_ minute: Int, _ order: Int) -> (Int, Int, Int) {
        let isVisit = !isBuffer && inner.contains(minute)
        // A buffer before a visit goes before one that stands alone.
        return (isVisit ? 1 : 0, isBuffer ? 0 : 1, -order)
    }

    /// Visits of one service, start and duration that are served together at one place.
    struct Session: Hashable {
        var location: Identifier<Location>
        var service: Identifier<Service>
        var visit: Range<Int>
    }
}

/// Everything that is taken, read from the records as they stand.
struct MinuteOccupancy {
    private(set) var taken: [MinuteThing: [MinuteTaken]] = [:]

    init(
        _ organization: Organization, now: Instant, ignoring: Identifier<Booking>? = nil,
        hold own: Identifier<Hold>? = nil
    ) {
        for booking in organization.bookings.all where booking.id != ignoring {
            if [.waitlist, .noShow, .cancelled, .archived].contains(booking.stage) { continue }
            add(booking.segments, at: booking.location, owner: booking.id.value, isHold: false)
        }
        for hold in organization.holds.all where hold.id != own && hold.expiresAt > now {
            add(hold.segments, at: hold.location, owner: hold.id.value, isHold: true)
        }
    }

    private mutating func add(
        _ segments: [BookingSegment], at location: Identifier<Location>, owner: UInt128,
        isHold: Bool
    ) {
        // Which segment of the visit has each minute of a thing: no minute counts for two. Minutes
        // of the visit go before those of buffers, earlier buffers before later ones.
        var own: [MinuteTaken] = []
        for segment in segments {
            own += Self.taken(segment, at: location, owner: owner, isHold: isHold).map {
                var taken = $0
                taken.segment = segment.interval.start
                return taken
            }
        }
        if segments.count > 1 { own = Self.shared(own) }
        for next in own { taken[next.thing, default: []].append(next) }
    }

    /// What is left of each piece where segments of one visit meet in it.
    private static func shared(_ own: [MinuteTaken]) -> [MinuteTaken] {
        own.indices.flatMap { index in
            let piece = own[index]
            let kept = piece.whole.filter { minute in
                own.indices.allSatisfy { other in
                    guard own[other].thing == piece.thing, own[other].segment != piece.segment,
                        own[other].whole.contains(minute)
                    else { return true }
                    return piece.rank(minute, index) > own[other].rank(minute, other)
                }
            }
            return MinuteHours.stretches(Set(kept)).map { stretch in
                var rest = piece
                rest.whole = stretch
                if piece.isBuffer || !stretch.contains(piece.inner) {
                    // The other end of a buffer, beyond another segment.
                    rest.isBuffer = true
                    rest.inner = stretch.lowerBound..<stretch.lowerBound
                    rest.seats = .max
                }
                return rest
            }
        }
    }

    private static func taken(
        _ segment: BookingSegment, at location: Identifier<Location>, owner: UInt128, isHold: Bool
    ) -> [MinuteTaken] {
        let start = Int(segment.interval.start.sinceEpoch)
        let shape = MinuteShape(segment)
        let isShared = segment.capacity > 1
        let session =
            isShared && segment.capacityRule == .sameStart
            ? MinuteTaken.Session(
                location: location, service: segment.service, visit: start..<start + shape.duration)
            : nil
        func pieces(
            _ thing: MinuteThing, _ parts: [MinuteShape.Part], units: Int, tolerance: Int,
            seats: Int
        ) -> [MinuteTaken] {
            parts.map { part in
                MinuteTaken(
                    thing: thing, whole: part.whole.moved(by: start),
                    inner: part.inner.moved(by: start),
                    units: units, tolerance: tolerance, session: session,
                    seats: part.inner.isEmpty ? .max : seats, owner: owner, isHold: isHold,
                    isBuffer: part.inner.isEmpty)
            }
        }
        var all = pieces(
            .provider(segment.provider), shape.parts(segment.providerPhases), units: 1,
            tolerance: segment.capacityRule == .anyOverlap ? Int(segment.capacity) : 1,
            seats: session == nil ? 1 : Int(segment.capacity))
        for use in segment.uses {
            if let provider = use.provider {
                all += pieces(
                    .provider(provider), shape.parts(use.phases), units: 1, tolerance: 1,
                    seats: .max)
            } else if let resource = use.resource {
                all += pieces(
                    .resource(resource), shape.parts(use.phases), units: Int(use.quantity),
                    tolerance: .max, seats: .max)
            } else if let hull = shape.hull(use.phases) {
                all += pieces(
                    .pool(location, use.pool), [hull], units: Int(use.quantity), tolerance: .max,
                    seats: .max)
            }
        }
        return all
    }

    /// How a thing is claimed.
    struct Claim: Hashable {
        var thing: MinuteThing
        var units = 1
        var capacity = 1
        var tolerance = 1
        /// Only what is not buffer counts of others.
        var innerOnly = false
        var bookingsOnly = false
    }

    /// The minutes in which a claim cannot be met: those that are there and the claim would take
    /// more together than the thing has or any of them bears.
    func blocked(_ claim: Claim, _ range: Range<Int>) -> MinuteMarks {
        var marks = MinuteMarks(range)
        let others = (taken[claim.thing] ?? []).filter { !claim.bookingsOnly || !$0.isHold }
        let stretches = others.map { claim.innerOnly ? $0.inner : $0.whole }
        for minute in Set(stretches.flatMap { Array($0.clamped(to: range)) }) {
            var sum = claim.units
            var most = Swift.min(claim.capacity, claim.tolerance)
            var sessions: Set<MinuteTaken.Session> = []
            for (other, stretch) in zip(others, stretches) where stretch.contains(minute) {
                most = Swift.min(most, other.tolerance)
                if let session = other.session, !sessions.insert(session).inserted { continue }
                sum += other.units
            }
            if sum > most { marks.mark(minute..<minute + 1) }
        }
        if claim.units > Swift.min(claim.capacity, claim.tolerance) { marks.mark(range) }
        marks.count()
        return marks
    }
}
