public import Intervals

extension Organization {
    /// Lists bookable starts in `[from, to)`, at most `limit`: the answer is what booking would say
    /// at this position.
    ///
    /// Cost: for each provider and each local day, the runs and gaps of that day; for each room,
    /// device or pool the same once.
    public func findSlots(
        _ request: SlotRequest, from: Minute, to: Minute, limit: Int, now: Instant
    ) throws(Rejection) -> SlotPage {
        findSlots(try question(request, now: now), from: from, to: to, limit: limit)
    }

    func findSlots(
        _ question: SlotQuestion, from: Minute, to: Minute, limit: Int
    ) -> SlotPage {
        var writer = SlotPageWriter(question, limit: limit)
        let candidates = question.segments[0].candidates
        let first = max(from, candidates.map(\.earliest).min() ?? to)
        let end = min(to, candidates.map(\.beyond).max() ?? from)
        // A day at a time at first, so that a page costs what it shows and not what the window
        // holds; then longer, so that an empty calendar is crossed in strides.
        var days: Int32 = 1
        var start = first
        while start < end, writer.page.next == nil {
            let window = StartWindow(
                from: start, to: min(end, start.clampedAdding(minutes: days * 1440)))
            let possible = possibleStarts(question, in: windowToAsk(question, window))
            var found: [UInt64] = []
            found.reserveCapacity(SlotPageWriter.usualSlotCount)
            for (index, candidate) in candidates.enumerated() {
                let key = SlotKey(duration: candidate.shape.duration, candidate: index)
                forEachStart(candidate, among: possible.bySegment[0][index], question, in: window) {
                    found.append(key.at($0))
                    return false
                }
            }
            if candidates.count > 1 { found.sort() }
            writer.append(found, possible)
            start = window.to
            days = min(days * 2, 16)
        }
        return writer.page
    }

    /// The first start after an instant that a question is met at, within its horizon and 60 days.
    func firstFree(_ question: SlotQuestion, after: Minute) -> Minute? {
        let from = after.clampedAdding(minutes: 1)
        let to = from.clampedAdding(minutes: 60 * 1440)
        return findSlots(question, from: from, to: to, limit: 1).starts.first
    }
}

/// Orders what is found by start, then duration, then provider, in one number; starts before 1970
/// come first, as they should.
private struct SlotKey {
    private let low: UInt64

    init(duration: Int32, candidate: Int) {
        low = UInt64(UInt32(bitPattern: duration)) << 12 | UInt64(candidate)
    }

    func at(_ start: Minute) -> UInt64 {
        UInt64(UInt32(bitPattern: start.sinceEpoch) ^ 0x8000_0000) << 32 | low
    }

    static func start(_ key: UInt64) -> Minute {
        Minute(sinceEpoch: Int32(bitPattern: UInt32(truncatingIfNeeded: key >> 32) ^ 0x8000_0000))
    }

    static func duration(_ key: UInt64) -> Int32 { Int32(truncatingIfNeeded: key >> 12 & 0xf_ffff) }

    static func candidate(_ key: UInt64) -> Int { Int(key & 0xfff) }
}

/// Fills a page.
private struct SlotPageWriter {
    var page: SlotPage
    private let limit: Int
    private let hasOneDuration: Bool
    /// Where each segment's candidates stand among the page's providers.
    private var providerIndex: [[Int32]] = []
    private var offsets: OffsetReader
    private var lastSlot: UInt64?

    /// Room for a day or two of one provider, so that a page of that size grows no array.
    static var usualSlotCount: Int { 64 }

    init(_ question: borrowing SlotQuestion, limit: Int) {
        self.limit = limit
        offsets = OffsetReader(question.zone)
        let candidates = question.segments[0].candidates
        hasOneDuration =
            question.segments.count > 1
            || candidates.allSatisfy { $0.shape.duration == candidates[0].shape.duration }
        page = SlotPage(
            duration: question.duration, providers: candidates.map(\.provider.id),
            timeZone: question.location.details.timeZone)
        let room = min(limit, Self.usualSlotCount)
        page.starts.reserveCapacity(room)
        page.utcOffsets.reserveCapacity(room)
        page.providerIndexes.reserveCapacity(room)
        page.providerEnds.reserveCapacity(room)
        guard question.segments.count > 1 else { return }
        for segment in question.segments {
            page.segments.append(
                SlotPage.SegmentColumn(
                    offset: segment.offset,
                    duration: segment.candidates.first?.shape.duration ?? 0))
            providerIndex.append(
                segment.candidates.map { candidate in
                    if let known = page.providers.firstIndex(of: candidate.provider.id) {
                        return Int32(known)
                    }
                    page.providers.append(candidate.provider.id)
                    return Int32(page.providers.count - 1)
                })
        }
    }

    /// Adds a window's sorted keys, one slot for each start and duration, until the page is full. A
    /// page never ends between slots of one start.
    mutating func append(_ keys: [UInt64], _ possible: PossibleStarts) {
        for key in keys {
            let start = SlotKey.start(key)
            if lastSlot.map({ $0 >> 12 != key >> 12 }) ?? true {
                if page.starts.count >= limit, page.starts.last != start {
                    page.next = start
                    return
                }
                page.starts.append(start)
                page.utcOffsets.append(offsets.offsetMinutes(at: start))
                page.providerEnds.append(page.providerIndexes.count)
                if !hasOneDuration { page.durations.append(SlotKey.duration(key)) }
                lastSlot = key
                appendSegments(at: start, possible)
            }
            page.providerIndexes.append(Int32(SlotKey.candidate(key)))
            page.providerEnds[page.providerEnds.count - 1] = page.providerIndexes.count
        }
    }

    private mutating func appendSegments(at start: Minute, _ possible: PossibleStarts) {
        for index in page.segments.indices {
            for candidate in possible.candidates(ofSegment: index, at: start) {
                page.segments[index].providerIndexes.append(providerIndex[index][candidate])
            }
            page.segments[index].providerEnds.append(page.segments[index].providerIndexes.count)
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
