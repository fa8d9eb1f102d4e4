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
    func parts(_ phases: PhaseSet) -> VisitParts {
        var parts = VisitParts()
        if phases == .all {
            parts.append(
                VisitPart(
                    offset: -bufferBefore, length: bufferBefore + duration + bufferAfter))
            return parts
        }
        var offset = -bufferBefore
        func add(_ phase: PhaseSet, _ length: Int32) {
            defer { offset += length }
            guard length > 0, phases.contains(phase) else { return }
            if let last = parts.last, last.offset + last.length == offset {
                parts.lengthenLast(by: length)
            } else {
                parts.append(VisitPart(offset: offset, length: length))
            }
        }
        add(.preparation, bufferBefore)
        add(.core, duration - processing - finishing)
        add(.processing, processing)
        add(.finishing, finishing)
        add(.turnover, bufferAfter)
        return parts
    }
}

/// At most three stretches of a visit, in order, none touching the next. Kept in the value itself:
/// every rule asks for them, for every candidate.
struct VisitParts: RandomAccessCollection, Hashable, Sendable {
    private var first = VisitPart(offset: 0, length: 0)
    private var second = VisitPart(offset: 0, length: 0)
    private var third = VisitPart(offset: 0, length: 0)
    private(set) var count = 0

    var startIndex: Int { 0 }
    var endIndex: Int { count }

    /// No stretch.
    init() {}

    /// A single one.
    init(_ part: VisitPart) {
        append(part)
    }

    subscript(index: Int) -> VisitPart {
        precondition(index < count, "there are no so many parts")
        return index == 0 ? first : index == 1 ? second : third
    }

    fileprivate mutating func append(_ part: VisitPart) {
        switch count {
        case 0: first = part
        case 1: second = part
        default: third = part
        }
        count += 1
    }

    fileprivate mutating func lengthenLast(by length: Int32) {
        switch count {
        case 1: first.length += length
        case 2: second.length += length
        default: third.length += length
        }
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

    /// From where the first of two begins to where the last of them ends.
    func hull(_ other: VisitPart) -> VisitPart {
        let first = min(offset, other.offset)
        let end = max(offset + length, other.offset + other.length)
        return VisitPart(offset: first, length: end - first)
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
