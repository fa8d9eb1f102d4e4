internal import Intervals

/// How a failure is told on stderr: sentences for people, one JSON object for programs.
struct FailureReport {
    let failure: CommandFailure

    /// One JSON object on one line.
    var json: String {
        var members = [
            ("apiVersion", JSONText.quoted(JSONText.apiVersion)),
            ("code", JSONText.quoted(failure.code)),
            ("reason", JSONText.quoted(failure.reason)),
            ("message", JSONText.quoted(failure.message)),
            ("retryable", failure.isRetryable ? "true" : "false"),
        ]
        if let seconds = failure.retryAfterSeconds {
            members.append(("retryAfterSeconds", "\(seconds)"))
        }
        if !failure.violations.isEmpty {
            let violations = failure.violations.map {
                JSONText.object([
                    ("field", JSONText.quoted($0.field)),
                    ("description", JSONText.quoted($0.description)),
                ])
            }
            members.append(("violations", JSONText.array(violations)))
        }
        if let resource = failure.resource {
            let object = [
                ("kind", JSONText.quoted(resource.kind)), ("id", JSONText.quoted(resource.id)),
            ]
            members.append(("resource", JSONText.object(object)))
        }
        if !failure.candidates.isEmpty {
            let lines = failure.candidates.map { JSONText.quoted(String($0.drop { $0 == " " })) }
            members.append(("candidates", JSONText.array(lines)))
        }
        if !failure.facts.isEmpty {
            let facts = failure.facts.sorted { $0.key < $1.key }
                .map { ($0.key, JSONText.quoted($0.value)) }
            members.append(("facts", JSONText.object(facts)))
        }
        return JSONText.object(members)
    }

    /// The lines for a person: what happened, why, what stands in the way, what to do.
    func lines(_ paint: Paint) -> [String] {
        var lines = ["\(paint.error("Error:")) \(plainText(failure.message))"]
        lines += failure.candidates.map(plainText)
        // The daemon repeats a field's complaint in its message; say it once.
        for violation in failure.violations where !failure.message.contains(violation.field) {
            let isRepeated = violation.description == failure.message
            let (label, text) =
                isRepeated
                ? ("field", violation.field) : (violation.field, violation.description)
            lines.append("  \(plainText(label)): \(plainText(text))")
        }
        if let resource = failure.resource, !failure.message.contains(resource.id) {
            lines.append("  about: \(resource.kind) \(plainText(resource.id))")
        }
        for (key, value) in failure.facts.sorted(by: { $0.key < $1.key }) where !value.isEmpty {
            let label = plainText(key).replacing("_", with: " ")
            lines.append("  \(label): \(spoken(value))")
        }
        if let seconds = failure.retryAfterSeconds {
            lines.append("  try again in \(Self.shortDuration(seconds))")
        }
        if !failure.reason.isEmpty, ReasonText(word: failure.reason) != nil {
            lines.append(
                paint.dim("  \(failure.code), \(failure.reason)")
                    + paint.dim(" (slotctl explain error \(failure.reason))"))
        } else if !Self.ownCodes.contains(failure.code) {
            lines.append(paint.dim("  \(failure.code)"))
        }
        return lines
    }

    /// A fact for a person: a time by the clock of the place, if that is known.
    private func spoken(_ value: String) -> String {
        guard let zone = failure.zone, let moment = rfc3339Moment(value) else {
            return plainText(value)
        }
        let reading = zone.reading(moment)
        return "\(reading.day.spelledOut) \(reading.clock) (\(zone.name))"
    }

    /// Codes of this program, which would tell a person nothing more than the message.
    private static let ownCodes = ["LOCAL", "USAGE", "DECLINED", "AMBIGUOUS_NAME"]

    private static func shortDuration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "a while" }
        if seconds < 1 { return "\(Int((seconds * 1000).rounded(.up))) ms" }
        if seconds < 120 { return "\(Int(seconds.rounded(.up))) s" }
        return "\(Int((seconds / 60).rounded(.up))) min"
    }
}
