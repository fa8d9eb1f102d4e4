internal import Intervals
internal import SlotdAPI

/// Why a start cannot be booked, in sentences; and how the starts of days fare, as bars.
struct ExplanationText {
    private let reply: Slotd_V1_ExplainAvailabilityResponse
    private let names: Directory
    private let zone: Zone
    private let paint: Paint
    /// The visit has several segments.
    private let isVisit: Bool
    /// The terminal can show blocks.
    var isUTF8 = true

    init(
        _ reply: Slotd_V1_ExplainAvailabilityResponse, names: Directory, zone: Zone, paint: Paint,
        isVisit: Bool
    ) {
        self.reply = reply
        self.names = names
        self.zone = zone
        self.paint = paint
        self.isVisit = isVisit
    }

    // MARK: One start

    /// One sentence for each rule that fails, provider by provider.
    func start(_ moment: Moment) -> [String] {
        var lines = [
            paint.strong(spelledOut(moment))
                + (reply.available ? " can be booked." : " cannot be booked.")
        ]
        for verdict in reply.providers {
            let part = isVisit ? paint.dim(" (segment \(verdict.segment))") : ""
            let name =
                verdict.providerID.isEmpty
                ? "Nobody" : plainText(names.name(verdict.providerID))
            lines.append(
                "  \(name)\(part)" + (verdict.failures.isEmpty ? ": free" : ""))
            for failure in verdict.failures { lines.append("    " + sentence(failure)) }
        }
        if reply.hasNextFree {
            let word = reply.available ? "The next after it" : "The next start that can be booked"
            lines.append("\(word): \(spelledOut(Moment(reply.nextFree))).")
        } else {
            lines.append("No start of the 60 days after it can be booked.")
        }
        return lines
    }

    private func sentence(_ failure: Slotd_V1_RuleFailure) -> String {
        var text = failure.message.prefix(1).uppercased() + failure.message.dropFirst()
        var what = failure.resourceID.isEmpty ? "" : names.name(failure.resourceID)
        if !failure.pool.isEmpty { what = "pool “\(failure.pool)”" }
        if !what.isEmpty { text += ": \(plainText(what))" }
        if failure.hasHeldUntil {
            text += ", until \(zone.reading(Moment(failure.heldUntil)).clock) at the latest"
        }
        text += "."
        let inTheWay = failure.blocking.map(stretch) + failure.blockingIds
        if !inTheWay.isEmpty { text += " In the way: \(inTheWay.joined(separator: ", "))." }
        return text + " " + paint.dim(failure.reason.word)
    }

    /// As in `10:00–10:30`, with the days where they are others than one.
    private func stretch(_ span: Slotd_V1_TimeSpan) -> String {
        let start = zone.reading(Moment(span.start))
        let end = zone.reading(Moment(span.end))
        if start.day == end.day { return "\(start.clock)–\(end.clock)" }
        return "\(spelledOut(Moment(span.start)))–\(spelledOut(Moment(span.end)))"
    }

    private func spelledOut(_ moment: Moment) -> String {
        let reading = zone.reading(moment)
        return "\(reading.day.spelledOut) \(reading.clock)"
    }

    // MARK: Days

    private static let barWidth = 20

    /// A line for each day: how many starts are free, a bar, and what the others fail by.
    func days(width: Int?) -> [String] {
        reply.days.flatMap { day in
            let date = padded(LocalDate(day.date)?.spelledOut ?? "", to: 15)
            let refused = day.reasons.reduce(0) { $0 + Int($1.count) }
            let all = max(1, Int(day.available) + refused)
            let filled = (Int(day.available) * Self.barWidth + all - 1) / all
            let bar =
                String(repeating: isUTF8 ? "█" : "#", count: filled)
                + paint.dim(String(repeating: isUTF8 ? "·" : ".", count: Self.barWidth - filled))
            let head =
                "\(date)  \(padded("\(day.available)", to: 4, trailing: true)) free"
                + "  \(bar)  "
            let reasons = day.reasons.map { "\($0.reason.word) \($0.count)" }
            return wrapped(reasons, after: head, used: displayWidth(date) + 35, width)
        }
    }

    /// Words after a head; what does not fit goes on below the first word.
    private func wrapped(
        _ words: [String], after head: String, used: Int, _ width: Int?
    ) -> [String] {
        let room = max(24, (width ?? 100) - used)
        var rows = [""]
        for word in words {
            let joined = rows[rows.count - 1].isEmpty ? word : rows[rows.count - 1] + ", " + word
            if displayWidth(joined) <= room || rows[rows.count - 1].isEmpty {
                rows[rows.count - 1] = joined
            } else {
                rows.append(word)
            }
        }
        let margin = String(repeating: " ", count: used)
        return rows.enumerated().map { ($0 == 0 ? head : margin) + $1 }
    }

    // MARK: For machines

    static let failureNames = [
        "segment", "provider_id", "reason", "blocking_ids", "resource_id", "pool", "held_until",
    ]

    /// A row for each rule that fails; AVAILABLE where none does.
    static func failureRows(_ reply: Slotd_V1_ExplainAvailabilityResponse) -> [[String]] {
        reply.providers.flatMap { verdict in
            let head = ["\(verdict.segment)", verdict.providerID]
            if verdict.failures.isEmpty { return [head + ["AVAILABLE", "", "", "", ""]] }
            return verdict.failures.map { failure in
                head + [
                    failure.reason.word, failure.blockingIds.joined(separator: " "),
                    failure.resourceID, failure.pool,
                    failure.hasHeldUntil ? Moment(failure.heldUntil).rfc3339() : "",
                ]
            }
        }
    }

    static let dayNames = ["date", "reason", "count"]

    /// A row for each day and reason, AVAILABLE first.
    static func dayRows(_ reply: Slotd_V1_ExplainAvailabilityResponse) -> [[String]] {
        reply.days.flatMap { day in
            let date = LocalDate(day.date)?.description ?? ""
            return [[date, "AVAILABLE", "\(day.available)"]]
                + day.reasons.map { [date, $0.reason.word, "\($0.count)"] }
        }
    }
}
