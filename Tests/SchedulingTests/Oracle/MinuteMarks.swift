/// A mark on each minute of a range, and how many of any stretch are marked.
///
/// What lies outside the range is not marked; the range is chosen so wide that no question gets
/// there.
struct MinuteMarks {
    let range: Range<Int>
    private var marks: [Bool]
    private var before: [Int32] = []

    init(_ range: Range<Int>) {
        self.range = range
        marks = Array(repeating: false, count: range.count)
    }

    subscript(minute: Int) -> Bool {
        range.contains(minute) && marks[minute - range.lowerBound]
    }

    mutating func mark(_ minutes: Range<Int>) {
        before = []
        for minute in minutes.clamped(to: range) { marks[minute - range.lowerBound] = true }
    }

    /// Adds up what is marked, so that stretches can be asked about.
    mutating func count() {
        before = [0]
        before.reserveCapacity(marks.count + 1)
        for mark in marks { before.append(before[before.count - 1] + (mark ? 1 : 0)) }
    }

    private func marked(_ minutes: Range<Int>) -> Int {
        precondition(!before.isEmpty, "marks are counted before they are asked about")
        let inside = minutes.clamped(to: range)
        return Int(
            before[inside.upperBound - range.lowerBound]
                - before[inside.lowerBound - range.lowerBound])
    }

    /// Every minute of the stretch is marked.
    func cover(_ minutes: Range<Int>) -> Bool { marked(minutes) == minutes.count }

    /// Some minute of the stretch is marked.
    func touch(_ minutes: Range<Int>) -> Bool { marked(minutes) > 0 }
}
