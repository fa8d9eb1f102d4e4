/// Seconds of a length of time in days, hours, minutes and seconds, each at most once and in that
/// order: `90s`, `2h30m`, `1d`, or as ISO 8601 has it, `P1DT2H` (no months or years, whose lengths
/// differ). Nil for anything else.
func lengthSeconds(_ text: String) -> Int64? {
    var rest = Substring(text.lowercased())
    let isISO = rest.first == "p"
    if isISO { rest.removeFirst() }
    var isTimeOfDay = !isISO
    var seconds: Int64 = 0
    var units: [(letter: Character, seconds: Int64)] = [
        ("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
    ]
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
        if isISO, rest.first == "t" {
            guard !isTimeOfDay, rest.count > 1 else { return nil }
            isTimeOfDay = true
            units.removeAll { $0.seconds >= 86_400 }
            rest.removeFirst()
        }
        let digits = rest.prefix { ("0"..."9").contains($0) }
        rest.removeFirst(digits.count)
        guard !digits.isEmpty, digits.count <= 9, let number = Int64(digits),
            let letter = rest.popFirst(),
            let place = units.firstIndex(where: { $0.letter == letter }),
            isTimeOfDay || units[place].seconds >= 86_400
        else { return nil }
        seconds += number * units[place].seconds
        units.removeFirst(place + 1)
    }
    return seconds
}
