public import Intervals

// Questions about availability besides the list of slots.

/// A bookable start at one of several locations.
public struct LocatedSlots: Sendable {
    /// Where.
    public var location: Identifier<Location>
    /// The slots of one location.
    public var page: SlotPage
    /// Which of them.
    public var index: Int
}

extension Organization {
    /// The first bookable starts over several locations, in order of start, then location.
    ///
    /// Locations that the visit cannot take place at are passed over, unless it can at none: then
    /// the first refusal counts. Cost: a search at each location, up to its first `limit` starts.
    public func findEarliest(
        _ request: SlotRequest, at places: [Identifier<Location>], from: Minute, to: Minute,
        limit: Int, now: Instant
    ) throws(Rejection) -> [LocatedSlots] {
        var found: [LocatedSlots] = []
        var refusal: Rejection?
        var asked = 0
        var end = to
        for place in places {
            var request = request
            request.location = place
            let page: SlotPage
            do throws(Rejection) {
                page = try findSlots(request, from: from, to: end, limit: limit, now: now)
            } catch {
                if error.reason == .unknownRecord || error.reason == .invalidValue { throw error }
                refusal = refusal ?? error
                continue
            }
            asked += 1
            found += page.starts.indices.map {
                LocatedSlots(location: place, page: page, index: $0)
            }
            found.sort { ($0.start, $0.location) < ($1.start, $1.location) }
            if found.count > limit { found.removeLast(found.count - limit) }
            // What starts after all that are wanted need not be looked for.
            if found.count == limit, let last = found.last {
                end = min(end, last.start.clampedAdding(minutes: 1))
            }
        }
        if asked == 0, let refusal { throw refusal }
        return found
    }

    /// Every location where something can be booked, in order of id.
    public var openLocations: [Identifier<Location>] {
        var ids: [Identifier<Location>] = []
        locations.forEach {
            if !$0.details.isArchived { ids.append($0.id) }
            return true
        }
        return ids
    }

    /// Whether a start can be booked: who is free for the first segment, first whom a booking would
    /// get; or the refusal that a booking would get, without the next free start.
    public func check(
        _ request: SlotRequest, at start: Minute, now: Instant
    ) -> Result<[Identifier<Provider>], Rejection> {
        do throws(Rejection) {
            let question = try question(request, now: now)
            let visit = try assign(question, at: start, nextFree: false)
            let assigned = visit.segments[0].provider
            let page = findSlots(
                question, from: start, to: start.clampedAdding(minutes: 1), limit: 1)
            let free = page.providerIndexes.map { page.providers[Int($0)] }
            return .success([assigned] + free.filter { $0 != assigned })
        } catch {
            return .failure(error)
        }
    }
}

extension LocatedSlots {
    /// The slot's start.
    public var start: Minute { page.starts[index] }
}
