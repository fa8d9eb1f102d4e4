import Intervals

@testable import Scheduling

/// A pool of rooms or devices, tried out: every visit is given a place for all of its time, in
/// every way, until one way holds.
struct MinutePool {
    /// A room or device of the pool.
    struct Member {
        var id: Identifier<Resource>
        var units: Int
        /// Minutes outside its hours; nil: it has none of its own.
        var hours: MinuteMarks?
        var outages: MinuteMarks
        /// Neighbours in it share their buffers.
        var shares: Bool

        func admits(_ visit: Visit) -> Bool {
            let inHours = visit.inHours
            return !outages.touch(visit.whole)
                && (inHours.isEmpty || hours.map { $0.cover(inHours) } ?? true)
        }
    }

    /// Something that wants one place.
    struct Visit: Equatable {
        var whole: Range<Int>
        var inner: Range<Int>
        /// What must lie within its hours.
        var inHours: Range<Int>
        /// The one that it wants by name; nil: any but `except`.
        var member: Identifier<Resource>?
        var except: Set<Identifier<Resource>> = []

        /// The booking or hold that has it; nil: it is new.
        var owner: UInt128?
        /// When the segment starts that it belongs to.
        var segment: Minute?

        /// One that takes all the time that any of some takes.
        static func hull(_ visits: [Visit]) -> [Visit] {
            guard var hull = visits.first else { return [] }
            func joined(_ parts: [Range<Int>]) -> Range<Int> {
                let parts = parts.filter { !$0.isEmpty }
                guard let first = parts.map(\.lowerBound).min(),
                    let end = parts.map(\.upperBound).max()
                else { return hull.inner }
                return first..<end
            }
            (hull.whole, hull.inner, hull.inHours) = (
                joined(visits.map(\.whole)), joined(visits.map(\.inner)),
                joined(visits.map(\.inHours))
            )
            return [hull]
        }

        /// The two cannot have one place. Segments of one visit yield each other their buffers.
        func meets(_ other: Visit, _ shares: Bool) -> Bool {
            if owner != nil, owner == other.owner, segment != other.segment { return false }
            return shares
                ? whole.overlaps(other.inner) || inner.overlaps(other.whole)
                : whole.overlaps(other.whole)
        }
    }

    var members: [Member]
    var visits: [Visit]

    /// Every visit that is there and every new one can have a place.
    func fits(_ new: [Visit]) -> Bool {
        var near = new
        var rest = visits
        // Only what overlaps the new ones, be it through others, can make a difference to them.
        while true {
            let found = rest.filter { other in near.contains { $0.whole.overlaps(other.whole) } }
            if found.isEmpty { break }
            rest.removeAll { other in near.contains { $0.whole.overlaps(other.whole) } }
            near += found
        }
        near.sort { $0.whole.lowerBound < $1.whole.lowerBound }
        let places = members.flatMap { Array(repeating: $0, count: $0.units) }
        var given = places.map { _ in [Visit]() }
        return assign(near[...], places, &given)
    }

    private func assign(
        _ visits: ArraySlice<Visit>, _ places: [Member], _ given: inout [[Visit]]
    ) -> Bool {
        guard let visit = visits.first else { return true }
        for (index, place) in places.enumerated() {
            if let member = visit.member, member != place.id { continue }
            if visit.except.contains(place.id) || !place.admits(visit) { continue }
            if given[index].contains(where: { $0.meets(visit, place.shares) }) { continue }
            // The units of one member are alike while nothing is in them.
            if given[index].isEmpty, index > 0, places[index - 1].id == place.id,
                given[index - 1].isEmpty
            {
                continue
            }
            given[index].append(visit)
            if assign(visits.dropFirst(), places, &given) { return true }
            given[index].removeLast()
        }
        return false
    }
}
