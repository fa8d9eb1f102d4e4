public import Intervals

/// Bookable starts, in columns: slot i starts at `starts[i]` and can be had with the providers
/// `providerIndexes[providerEnds[i - 1]..<providerEnds[i]]`.
public struct SlotPage: Sendable {
    /// Elapsed minutes of every slot.
    public var duration: Int32
    /// First minutes, ascending.
    public var starts: [Minute] = []
    /// Local time minus UTC at each start, in minutes.
    public var utcOffsets: [Int32] = []
    /// Indexes into `providers`.
    public var providerIndexes: [Int32] = []
    /// Where each slot's part of `providerIndexes` ends.
    public var providerEnds: [Int] = []
    /// In order of id.
    public var providers: [Identifier<Provider>]
    /// Where the next page starts; nil on the last.
    public var next: Minute?
    /// The location's zone, an IANA name.
    public var timeZone: String

    /// A page without slots.
    public init(duration: Int32, providers: [Identifier<Provider>], timeZone: String) {
        self.duration = duration
        self.providers = providers
        self.timeZone = timeZone
    }
}

extension Organization {
    /// Lists bookable starts in `[from, to)`, at most `limit`: the answer is what booking would say
    /// at this position.
    ///
    /// Cost: for each provider and each local day, the runs and gaps of that day.
    public func findSlots(
        _ request: SlotRequest, from: Minute, to: Minute, limit: Int, now: Instant
    ) throws(Rejection) -> SlotPage {
        let question = try question(request, now: now)
        var page = SlotPage(
            duration: question.need.duration, providers: question.providers.map(\.id),
            timeZone: question.location.details.timeZone)
        let first = max(from, question.earliest)
        let end = min(to, question.beyond)
        guard first < end else { return page }
        let lanes = question.providers.map { provider in
            (
                schedule: schedule(of: provider, question, from: first, to: end),
                calendar: calendar(of: provider.id)
            )
        }
        guard let zone = lanes.lazy.compactMap(\.schedule?.zone).first else { return page }
        var offsets = OffsetReader(zone)
        page.reserve(min(limit, Self.usualSlotCount))
        if lanes.count == 1 {
            guard let schedule = lanes[0].schedule else { return page }
            page.next = schedule.firstStart(
                question.need, in: lanes[0].calendar, from: first, to: end
            ) { start in
                if page.starts.count == limit { return true }
                page.append(start, offset: offsets.offsetMinutes(at: start))
                page.providerIndexes.append(0)
                page.providerEnds.append(page.providerIndexes.count)
                return false
            }
            return page
        }
        // A day at a time, so that a page costs what it shows and not what the window holds.
        var day = first
        var found: [UInt64] = []
        while day < end, page.next == nil {
            let next = min(end, day.clampedAdding(minutes: 1440))
            found.removeAll(keepingCapacity: true)
            for (index, lane) in lanes.enumerated() {
                guard let schedule = lane.schedule else { continue }
                _ = schedule.firstStart(question.need, in: lane.calendar, from: day, to: next) {
                    found.append(SlotPage.key($0, provider: index))
                    return false
                }
            }
            found.sort()
            page.append(found, limit: limit, &offsets)
            day = next
        }
        return page
    }

    /// Room for a day or two of one provider, so that a page of that size grows no array.
    private static var usualSlotCount: Int { 64 }

    /// The first start after an instant that a question is met at, within its horizon and 60 days.
    func firstFree(_ question: SlotQuestion, after: Minute) -> Minute? {
        let from = max(after.clampedAdding(minutes: 1), question.earliest)
        let to = min(from.clampedAdding(minutes: 60 * 1440), question.beyond)
        guard from < to else { return nil }
        var best: Minute?
        for provider in question.providers {
            let end = best ?? to
            guard from < end, let schedule = schedule(of: provider, question, from: from, to: end)
            else { continue }
            let start = schedule.firstStart(
                question.need, in: calendar(of: provider.id), from: from, to: end
            ) { _ in true }
            best = start ?? best
        }
        return best
    }
}

extension SlotPage {
    /// Orders by start, then provider; starts before 1970 come first, as they should.
    fileprivate static func key(_ start: Minute, provider: Int) -> UInt64 {
        UInt64(UInt32(bitPattern: start.sinceEpoch) ^ 0x8000_0000) << 32
            | UInt64(UInt32(truncatingIfNeeded: provider))
    }

    fileprivate mutating func append(_ start: Minute, offset: Int32) {
        starts.append(start)
        utcOffsets.append(offset)
    }

    fileprivate mutating func reserve(_ slotCount: Int) {
        starts.reserveCapacity(slotCount)
        utcOffsets.reserveCapacity(slotCount)
        providerIndexes.reserveCapacity(slotCount)
        providerEnds.reserveCapacity(slotCount)
    }

    /// Adds a day's sorted keys, one slot for each start, until the page is full.
    fileprivate mutating func append(
        _ keys: [UInt64], limit: Int, _ offsets: inout OffsetReader
    ) {
        for key in keys {
            let start = Minute(
                sinceEpoch: Int32(bitPattern: UInt32(truncatingIfNeeded: key >> 32) ^ 0x8000_0000))
            if starts.last != start {
                if starts.count == limit {
                    next = start
                    return
                }
                append(start, offset: offsets.offsetMinutes(at: start))
                providerEnds.append(providerIndexes.count)
            }
            providerIndexes.append(Int32(truncatingIfNeeded: key & 0xffff_ffff))
            providerEnds[providerEnds.count - 1] = providerIndexes.count
        }
    }
}

/// A zone's offset at instants that come in order: looked up once for each stretch between two
/// transitions, which is once for most pages.
private struct OffsetReader {
    private let zone: TimeZoneRules
    private var offset: Int32 = 0
    /// Instants that the offset is known to hold at; nil before the first.
    private var known: Range<Minute>?

    init(_ zone: TimeZoneRules) {
        self.zone = zone
    }

    mutating func offsetMinutes(at instant: Minute) -> Int32 {
        if let known, known.contains(instant) { return offset }
        offset = zone.offsetMinutes(at: instant)
        known = instant..<(zone.nextTransition(after: instant) ?? Minute(sinceEpoch: .max))
        return offset
    }
}
