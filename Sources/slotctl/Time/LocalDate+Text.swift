internal import Intervals
internal import SlotdAPI
internal import SwiftProtobuf

extension LocalDate {
    /// `2026-11-24`; nil for anything else.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            let year = digits(parts[0]), let month = digits(parts[1]), let day = digits(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Nil for a date that does not exist or was not set.
    init?(_ date: Slotd_V1_LocalDate) {
        self.init(year: Int(date.year), month: Int(date.month), day: Int(date.day))
    }

    /// The API's form.
    var message: Slotd_V1_LocalDate {
        let (year, month, day) = parts
        return .with {
            $0.year = Int32(year)
            $0.month = Int32(month)
            $0.day = Int32(day)
        }
    }

    /// As in `Tue 24 Nov 2026`.
    var spelledOut: String {
        let (year, month, day) = parts
        return "\(Self.weekdays[weekday - 1]) \(day) \(Self.months[month - 1]) \(year)"
    }

    /// Three letters of each day, Monday first.
    static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}

/// A number in decimal digits alone: no sign, no space, at most nine of them.
func digits(_ text: some StringProtocol) -> Int? {
    guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int(text)
}
