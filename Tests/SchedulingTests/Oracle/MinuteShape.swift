import Intervals

@testable import Scheduling

/// A visit's phases in minutes, seen from its start.
struct MinuteShape: Hashable {
    var before: Int
    var duration: Int
    var processing: Int
    var finishing: Int
    var after: Int

    /// A stretch of a visit in which something is busy.
    struct Part {
        /// With the buffers that touch it.
        var whole: Range<Int>
        /// Without them; empty of a part that is a buffer alone.
        var inner: Range<Int>
    }

    var phases: [(phase: PhaseSet, minutes: Range<Int>)] {
        let core = duration - processing - finishing
        return [
            (.preparation, -before..<0), (.core, 0..<core),
            (.processing, core..<core + processing),
            (.finishing, core + processing..<duration), (.turnover, duration..<duration + after),
        ]
    }

    /// The stretches of some phases; those that touch are one.
    func parts(_ busy: PhaseSet) -> [Part] {
        var parts: [Part] = []
        for (phase, minutes) in phases where busy.contains(phase) && !minutes.isEmpty {
            if let last = parts.last, last.whole.upperBound == minutes.lowerBound {
                parts[parts.count - 1].whole = last.whole.lowerBound..<minutes.upperBound
            } else {
                parts.append(Part(whole: minutes, inner: minutes))
            }
        }
        for index in parts.indices {
            parts[index].inner = parts[index].whole.clamped(to: 0..<duration)
        }
        return parts
    }

    /// What a pool keeps a place for: from the first busy minute to the last, in one place.
    func hull(_ busy: PhaseSet) -> Part? {
        let parts = parts(busy)
        guard let first = parts.first, let last = parts.last else { return nil }
        let whole = first.whole.lowerBound..<last.whole.upperBound
        return Part(whole: whole, inner: whole.clamped(to: 0..<duration))
    }
}

extension MinuteShape {
    init(_ segment: BookingSegment) {
        self.init(
            before: Int(segment.bufferBefore), duration: segment.interval.durationMinutes,
            processing: Int(segment.processing), finishing: Int(segment.finishing),
            after: Int(segment.bufferAfter))
    }
}

extension Range<Int> {
    func moved(by minutes: Int) -> Range<Int> { lowerBound + minutes..<upperBound + minutes }
}
