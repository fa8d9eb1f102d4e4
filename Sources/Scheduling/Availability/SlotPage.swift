public import Intervals

/// Bookable starts, in columns: slot i starts at `starts[i]` and can be had with the providers
/// `providerIndexes[providerEnds[i - 1]..<providerEnds[i]]`.
public struct SlotPage: Sendable {
    /// Elapsed minutes of every slot of which `durations` does not say otherwise, all segments
    /// together.
    public var duration: Int32
    /// Elapsed minutes of each slot, where they differ with the provider; else empty.
    public var durations: [Int32] = []
    /// First minutes, ascending.
    public var starts: [Minute] = []
    /// Local time minus UTC at each start, in minutes.
    public var utcOffsets: [Int32] = []
    /// Indexes into `providers`: who is free for the first segment.
    public var providerIndexes: [Int32] = []
    /// Where each slot's part of `providerIndexes` ends.
    public var providerEnds: [Int] = []
    /// All segments, where there are several; else empty.
    public var segments: [SegmentColumn] = []
    /// In order of id, those of the first segment before those of the next.
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

    /// One segment of all slots.
    public struct SegmentColumn: Sendable {
        /// Minutes from the slot's start to the segment's.
        public var offset: Int32
        /// Elapsed minutes.
        public var duration: Int32
        /// Indexes into `providers`.
        public var providerIndexes: [Int32] = []
        /// Where each slot's part of `providerIndexes` ends.
        public var providerEnds: [Int] = []

        /// A segment that so far is part of no slot.
        public init(offset: Int32, duration: Int32) {
            self.offset = offset
            self.duration = duration
        }
    }

    /// The same slots, with their offsets told in another zone.
    public func told(in zone: TimeZoneRules, named name: String) -> SlotPage {
        var page = self
        page.timeZone = name
        page.utcOffsets = starts.map { zone.offsetMinutes(at: $0) }
        return page
    }

    /// Elapsed minutes of one slot.
    public func duration(ofSlot index: Int) -> Int32 {
        durations.isEmpty ? duration : durations[index]
    }
}
