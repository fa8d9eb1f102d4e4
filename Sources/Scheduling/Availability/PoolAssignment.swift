internal import Intervals

/// Visits that each want one unit of some place for all of their time.
struct PoolAssignment {
    private let places: [PoolPlace]
    /// The place of each unit; those that admit the fewest first, which keeps the others for
    /// visits that have less choice.
    private let units: [Int]
    private let visits: [PoolVisit]
    /// By visit, then place.
    private let admits: [[Bool]]

    /// Steps of the search before it gives up and says no: what is then refused could perhaps have
    /// been had, but nothing is promised that could not.
    private static var effort: Int { 20_000 }

    init(places: [PoolPlace], _ visits: [PoolVisit]) {
        self.places = places
        let visits = visits.sorted {
            ($0.padded.start, $0.padded.end) < ($1.padded.start, $1.padded.end)
        }
        self.visits = visits
        let admits = visits.map { visit in places.map { $0.admits(visit) } }
        self.admits = admits
        let choice = places.indices.map { place in admits.count { $0[place] } }
        units = places.indices.sorted { (choice[$0], $0) < (choice[$1], $1) }.flatMap { place in
            // More units than visits are never needed.
            Array(repeating: place, count: min(Int(places[place].units), visits.count))
        }
    }

    /// Whether all visits can have a place. Costs a search, which is short where there is room.
    func isPossible() -> Bool {
        guard admits.allSatisfy({ $0.contains(true) }) else { return false }
        var given = units.map { _ in [Int]() }
        var effort = Self.effort
        return assign(0, &given, &effort)
    }

    /// Gives places to the visits from one on, which come in order of start; `given` are the visits
    /// in each unit.
    private func assign(_ next: Int, _ given: inout [[Int]], _ effort: inout Int) -> Bool {
        guard next < visits.count else { return true }
        guard effort > 0 else { return false }
        effort -= 1
        let visit = visits[next]
        var tried: [(place: Int, present: [Int])] = []
        for (unit, place) in units.enumerated() where admits[next][place] {
            // Only these can matter to this visit and to those that start after it.
            let present = given[unit].filter { visits[$0].padded.end > visit.padded.start }
            let isTaken = present.contains {
                visits[$0].meets(visit, sharingBuffers: places[place].sharesBuffers)
            }
            if isTaken
                || tried.contains(where: { $0.place == place && isAlike($0.present, present) })
            {
                continue
            }
            tried.append((place, present))
            given[unit].append(next)
            if assign(next + 1, &given, &effort) { return true }
            given[unit].removeLast()
        }
        return false
    }

    private func isAlike(_ one: [Int], _ another: [Int]) -> Bool {
        one.count == another.count
            && zip(one, another).allSatisfy {
                visits[$0].padded == visits[$1].padded && visits[$0].core == visits[$1].core
                    && visits[$0].owner == visits[$1].owner
            }
    }
}
