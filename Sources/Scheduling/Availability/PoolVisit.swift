internal import Intervals

/// A visit that has a place of a pool, or wants one, for all of its time.
struct PoolVisit {
    /// With its buffers: it meets no outage, and no other visit in the same place.
    var padded: Interval
    /// Without them; nil: there is nothing of the visit in it.
    var core: Interval?
    /// What must lie in the place's own hours; nil: nothing.
    var inHours: Interval?
    /// The room or device that it has by name; nil: any.
    var member: Identifier<Resource>?
    /// Those that it cannot have: the same visit takes them by name.
    var except: Set<Identifier<Resource>> = []
    /// Of which booking or hold it is a part, and which.
    var owner: Owner

    struct Owner: Equatable {
        /// 0: the visit that is asked for.
        var id: UInt128
        var segment: UInt8
    }

    /// Both cannot have one place: buffers stack, or are shared (availability.md 5). Between two
    /// segments of one visit they are the patient's own.
    func meets(_ other: PoolVisit, sharingBuffers: Bool) -> Bool {
        guard padded.overlaps(other.padded) else { return false }
        if owner.id == other.owner.id, owner.segment != other.owner.segment { return false }
        return !sharingBuffers || (core?.overlaps(other.padded) ?? false)
            || (other.core?.overlaps(padded) ?? false)
    }
}

/// So many places that a visit wants of a pool, seen from the visit's start.
struct PoolWish: Equatable {
    var quantity: Int32
    var part: VisitPart
    /// The part without buffers; nil: there is nothing else in it.
    var core: VisitPart?
    /// What must lie in a place's own hours; nil: nothing.
    var inHours: VisitPart?
    /// Wanted by name; nil: any.
    var member: Identifier<Resource>?
    /// The rooms and devices that the visit takes by name.
    var except: Set<Identifier<Resource>> = []
    /// Of which segment of the visit.
    var segment: UInt8 = 0

    /// The same seen from an instant that lies so many minutes earlier.
    func shifted(later minutes: Int32) -> PoolWish {
        var wish = self
        wish.part.offset += minutes
        wish.core?.offset += minutes
        wish.inHours?.offset += minutes
        return wish
    }

    /// One of its places when the visit starts at an instant.
    func visit(at start: Minute) -> PoolVisit? {
        part.interval(ofVisitAt: start).map {
            PoolVisit(
                padded: $0, core: core?.interval(ofVisitAt: start),
                inHours: inHours?.interval(ofVisitAt: start), member: member, except: except,
                owner: PoolVisit.Owner(id: 0, segment: segment))
        }
    }
}

/// A room or device of a pool, or several that are alike.
struct PoolPlace {
    var units: Int32
    /// Nil: several alike, none of which is named by anybody.
    var member: Identifier<Resource>?
    var sharesBuffers: Bool
    /// Nil: whenever the location is open.
    var hours: OpenHours?
    var outages: BlockedTime

    /// A visit could have it, if nobody else had it. Whoever has it by name was let in before.
    func admits(_ visit: PoolVisit) -> Bool {
        if let wanted = visit.member { return wanted == member }
        if let member, visit.except.contains(member) { return false }
        if let hours, let inHours = visit.inHours, !hours.contain(inHours) { return false }
        return !outages.overlaps(visit.padded)
    }

    /// Every visit inside the interval could have it that nobody else keeps from it.
    func isOpen(throughout interval: Interval) -> Bool {
        (hours?.contain(interval) ?? true) && !outages.overlaps(interval)
    }
}
