internal import Intervals

/// The phases of a visit in minutes: what lies where, seen from the visit's start.
struct VisitShape: Hashable, Sendable {
    var bufferBefore: Int32
    /// Elapsed minutes of core, processing and finishing.
    var duration: Int32
    var processing: Int32 = 0
    var finishing: Int32 = 0
    var bufferAfter: Int32

    /// The whole visit without buffers.
    var visit: VisitPart { VisitPart(offset: 0, length: duration) }

    /// The stretches of some phases, in order; those that touch are joined, so that there are at
    /// most three.
    func parts(_ phases: PhaseSet) -> [VisitPart] {
        if phases == .all {
            return [
                VisitPart(
                    offset: -bufferBefore, length: bufferBefore + duration + bufferAfter)
            ]
        }
        let core = duration - processing - finishing
        let lengths: [(PhaseSet, Int32)] = [
            (.preparation, bufferBefore), (.core, core), (.processing, processing),
            (.finishing, finishing), (.turnover, bufferAfter),
        ]
        var parts: [VisitPart] = []
        var offset = -bufferBefore
        for (phase, length) in lengths {
            defer { offset += length }
            guard length > 0, phases.contains(phase) else { continue }
            if let last = parts.last, last.offset + last.length == offset {
                parts[parts.count - 1].length += length
            } else {
                parts.append(VisitPart(offset: offset, length: length))
            }
        }
        return parts
    }
}

/// A stretch of a visit.
struct VisitPart: Hashable, Sendable {
    /// Minutes from the visit's start to the part's; negative in the buffer before.
    var offset: Int32
    /// Minutes; positive.
    var length: Int32

    /// The instants it has when the visit starts at one.
    func interval(ofVisitAt start: Minute) -> Interval? {
        Interval(start: start.clampedAdding(minutes: offset), minutes: length)
    }

    /// What lies in another part as well; nil: nothing.
    func within(_ other: VisitPart) -> VisitPart? {
        let first = max(offset, other.offset)
        let end = min(offset + length, other.offset + other.length)
        return first < end ? VisitPart(offset: first, length: end - first) : nil
    }
}

extension PhaseSet {
    /// Without the buffers: what must lie within hours.
    var withoutBuffers: PhaseSet { subtracting([.preparation, .turnover]) }
}

extension BookingSegment {
    /// Its phases, as they were when it was booked.
    var shape: VisitShape {
        VisitShape(
            bufferBefore: bufferBefore, duration: Int32(clamping: interval.durationMinutes),
            processing: processing, finishing: finishing, bufferAfter: bufferAfter)
    }
}
