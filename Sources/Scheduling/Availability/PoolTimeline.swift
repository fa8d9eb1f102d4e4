internal import Intervals

/// A pool whose members differ: in hours or outages, or because somebody has one by name.
///
/// Visits that overlap each other, be it through others, form a cluster; only those that a new
/// visit touches can make a difference to it. Where enough places are open to everybody in them,
/// counting decides as it does for a plain pool, else an assignment is looked for. Between two
/// instants at which an end of what is there passes an end of the wish the answer is the same, so
/// each such stretch of starts is decided once.
struct PoolTimeline {
    /// Visits that overlap, be it through others.
    private struct Cluster {
        var hull: Interval
        var visits: Range<Int>
        /// For each place whether every visit here could have it, none of them by name.
        var isClean: [Bool]
        /// The most visits at a time.
        var peak: Int32
    }

    private let places: [PoolPlace]
    private let visits: [PoolVisit]
    private let wishes: [PoolWish]
    private let hull: Interval
    private let sharesBuffers: Bool
    private var clusters: [Cluster] = []

    /// `visits` are all in the hull, by start; the hull holds all that the wishes could touch.
    init(places: [PoolPlace], visits: [PoolVisit], wishes: [PoolWish], hull: Interval) {
        self.places = places
        // Whom no place admits any more has none to give up.
        self.visits = visits.filter { visit in places.contains { $0.admits(visit) } }
        self.wishes = wishes
        self.hull = hull
        sharesBuffers = places.contains(where: \.sharesBuffers)
        clusters = findClusters()
    }

    /// The starts of some at which all wishes can be met.
    func narrow(_ starts: StartRanges) -> StartRanges {
        var result = StartRanges()
        let edges = Set(wishes.flatMap { self.edges($0) }).sorted()
        var next = 0
        for range in starts.ranges {
            while next < edges.count, edges[next] <= range.first { next += 1 }
            var first = range.first
            var index = next
            while true {
                let end = index < edges.count ? edges[index] : nil
                let last = min(range.last, end?.clampedAdding(minutes: -1) ?? range.last)
                if canMeet(at: first), let stretch = StartRanges.Range(first, last) {
                    result.append(stretch)
                }
                guard let end, end <= range.last else { break }
                first = end
                index += 1
            }
        }
        return result
    }

    // MARK: Clusters

    private func findClusters() -> [Cluster] {
        var found: [Cluster] = []
        for (index, visit) in visits.enumerated() {
            if let last = found.last, visit.padded.start < last.hull.end,
                let joined = Interval(last.hull.start, max(last.hull.end, visit.padded.end))
            {
                found[found.count - 1].hull = joined
                found[found.count - 1].visits = last.visits.lowerBound..<index + 1
            } else {
                found.append(
                    Cluster(hull: visit.padded, visits: index..<index + 1, isClean: [], peak: 0))
            }
        }
        for index in found.indices {
            let own = visits[found[index].visits]
            found[index].peak = peak(of: own)
            let hasNamed = own.contains { $0.member != nil }
            found[index].isClean = places.map { place in
                if hasNamed, own.contains(where: { $0.member != nil && $0.member == place.member })
                {
                    return false
                }
                return place.isOpen(throughout: found[index].hull)
                    || own.allSatisfy { $0.member != nil || place.admits($0) }
            }
        }
        return found
    }

    /// The most visits at a time that have no place by name.
    private func peak(of visits: ArraySlice<PoolVisit>) -> Int32 {
        let open = visits.filter { $0.member == nil }
        let ends = open.map(\.padded.end).sorted()
        var ended = 0
        var most = 0
        for (begun, visit) in open.enumerated() {
            while ends[ended] <= visit.padded.start { ended += 1 }
            most = max(most, begun + 1 - ended)
        }
        return Int32(most)
    }

    private func touched(by interval: Interval) -> Range<Int> {
        var low = 0
        var high = clusters.count
        while low < high {
            let middle = (low + high) / 2
            if clusters[middle].hull.end <= interval.start {
                low = middle + 1
            } else {
                high = middle
            }
        }
        var end = low
        while end < clusters.count, clusters[end].hull.start < interval.end { end += 1 }
        return low..<end
    }

    // MARK: One start

    private func canMeet(at start: Minute) -> Bool {
        var new: [(visit: PoolVisit, quantity: Int32)] = []
        var near: Range<Int>?
        for wish in wishes {
            guard let visit = wish.visit(at: start) else { return false }
            new.append((visit, wish.quantity))
            let own = touched(by: visit.padded)
            if own.isEmpty { continue }
            near =
                near.map { min($0.lowerBound, own.lowerBound)..<max($0.upperBound, own.upperBound) }
                ?? own
        }
        let others = near ?? 0..<0
        if isCounted(new, among: others) { return true }
        for (visit, quantity) in new {
            let units = places.reduce(Int64(0)) { $0 + ($1.admits(visit) ? Int64($1.units) : 0) }
            if units < Int64(quantity) { return false }
        }
        var all = others.flatMap { Array(visits[clusters[$0].visits]) }
        for (visit, quantity) in new {
            all += Array(repeating: visit, count: Int(quantity))
        }
        return PoolAssignment(places: places, all).isPossible()
    }

    /// Enough places are open to everybody concerned.
    private func isCounted(
        _ new: [(visit: PoolVisit, quantity: Int32)], among others: Range<Int>
    ) -> Bool {
        var clean: Int64 = 0
        for (index, place) in places.enumerated()
        where others.allSatisfy({ clusters[$0].isClean[index] })
            && new.allSatisfy({ $0.visit.member == nil && place.admits($0.visit) })
        {
            clean += Int64(place.units)
        }
        let wanted = new.reduce(Int64(0)) { $0 + Int64($1.quantity) }
        guard wanted <= clean else { return false }
        return others.allSatisfy { index in
            let cluster = clusters[index]
            if Int64(cluster.peak) + wanted <= clean { return true }
            return Int64(cluster.peak) <= clean
                && new.allSatisfy { visit, _ in
                    let inside = visits[cluster.visits].filter {
                        $0.padded.overlaps(visit.padded)
                    }
                    return Int64(peak(of: inside[...], within: visit.padded)) + wanted <= clean
                }
        }
    }

    private func peak(of visits: ArraySlice<PoolVisit>, within interval: Interval) -> Int32 {
        peak(
            of: visits.map { visit in
                var cut = visit
                cut.padded = visit.padded.intersection(interval) ?? visit.padded
                return cut
            }.sorted { $0.padded.start < $1.padded.start }[...])
    }

    // MARK: Where the answer changes

    private func edges(_ wish: PoolWish) -> [Minute] {
        var edges: [Minute] = []
        /// The first starts at which a part meets a stretch, and does so no more.
        func meeting(_ stretch: Interval, _ part: VisitPart) {
            edges.append(stretch.start.clampedAdding(minutes: 1 - part.offset - part.length))
            edges.append(stretch.end.clampedAdding(minutes: -part.offset))
        }
        for visit in visits {
            meeting(visit.padded, wish.part)
            guard sharesBuffers else { continue }
            if let core = visit.core { meeting(core, wish.part) }
            if let core = wish.core { meeting(visit.padded, core) }
        }
        for place in places {
            for outage in place.outages.intervals where outage.overlaps(hull) {
                meeting(outage, wish.part)
            }
            guard let hours = place.hours, let part = wish.inHours else { continue }
            var index = hours.firstRun(endingAfter: hull.start)
            while index < hours.runs.count, hours.runs[index].interval.start < hull.end {
                let run = hours.runs[index].interval
                edges.append(run.start.clampedAdding(minutes: -part.offset))
                edges.append(run.end.clampedAdding(minutes: 1 - part.offset - part.length))
                index += 1
            }
        }
        return edges
    }
}
