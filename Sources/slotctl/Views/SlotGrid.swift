internal import Intervals
internal import SlotdAPI

/// Slots for people: day by day, and in each day provider by provider, the local starts. Visits of
/// several segments: a line for each start, of when each segment begins and who is free for it.
struct SlotGrid {
    private struct Day {
        let day: LocalDate
        /// Names in order of their first start, with their starts.
        var rows: [(name: String, starts: [String])] = []
        /// What is said of each segment, of visits of several.
        var visits: [[String]] = []
    }

    private var days: [Day] = []

    init(_ reply: Slotd_V1_FindSlotsResponse, names: Directory) {
        let readings = reply.slots.map { slot in
            LocalReading(moment: Moment(slot.start), offsetMinutes: Int(slot.utcOffsetMinutes))
        }
        // In the hour that autumn repeats, a clock reading alone is not enough.
        var offsets: [String: Set<Int>] = [:]
        for reading in readings {
            offsets["\(reading.day) \(reading.clock)", default: []].insert(reading.offsetMinutes)
        }
        for (slot, reading) in zip(reply.slots, readings) {
            if days.last?.day != reading.day { days.append(Day(day: reading.day)) }
            let isRepeated = (offsets["\(reading.day) \(reading.clock)"]?.count ?? 1) > 1
            let start = reading.clock + (isRepeated ? offsetText(reading.offsetMinutes) : "")
            guard slot.segments.isEmpty else {
                let parts = slot.segments.map { part in
                    let free = part.providers(of: reply.providerIds).map { names.name($0) }
                    let offset = Int(slot.utcOffsetMinutes)
                    let time = LocalReading(moment: Moment(part.start), offsetMinutes: offset)
                    return "\(time.clock) \(plainText(free.joined(separator: ", ")))"
                }
                days[days.count - 1].visits.append(parts)
                continue
            }
            for id in slot.providers(of: reply.providerIds) {
                add(start, of: names.name(id))
            }
        }
    }

    private mutating func add(_ start: String, of name: String) {
        let last = days.count - 1
        if let row = days[last].rows.firstIndex(where: { $0.name == name }) {
            days[last].rows[row].starts.append(start)
        } else {
            days[last].rows.append((name, [start]))
        }
    }

    /// The lines in so many columns; nil: 100.
    func lines(width: Int?, paint: Paint) -> [String] {
        let width = max(24, width ?? 100)
        let longest = days.flatMap(\.rows).reduce(0) { max($0, displayWidth(plainText($1.name))) }
        let nameWidth = min(longest, max(8, min(28, width / 3)))
        let perLine = max(1, (width - nameWidth - 4) / 6)
        var lines: [String] = []
        for day in days {
            if !lines.isEmpty { lines.append("") }
            lines.append(paint.strong(day.day.spelledOut))
            for visit in day.visits { lines += Self.lines(visit, width: width) }
            for row in day.rows.sorted(by: { $0.name < $1.name }) {
                let name = clipped(plainText(row.name), to: nameWidth)
                for start in stride(from: 0, to: row.starts.count, by: perLine) {
                    let label = padded(start == 0 ? name : "", to: nameWidth)
                    let slice = row.starts[start..<min(start + perLine, row.starts.count)]
                    lines.append("  \(label)  \(slice.joined(separator: " "))")
                }
            }
        }
        return lines
    }

    /// The segments of one visit beside each other; where they do not fit, below each other.
    private static func lines(_ parts: [String], width: Int) -> [String] {
        let joined = "  " + parts.joined(separator: "  →  ")
        if displayWidth(joined) <= width { return [joined] }
        return parts.enumerated().map { index, part in
            clipped((index == 0 ? "  " : "    → ") + part, to: width)
        }
    }
}
