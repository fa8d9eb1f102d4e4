internal import Logging
internal import Scheduling

/// Log lines as JSON objects on standard error, one write each.
struct JSONLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    static func logger(level: Logger.Level) -> Logger {
        Logger(label: "slotd") { _ in JSONLog(logLevel: level) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        StandardStream.error(
            JSONLog.line(
                at: Clock.now(), level: event.level.rawValue, event.message.description,
                all.sorted { $0.key < $1.key }.map { ($0.key, JSONLog.quoted("\($0.value)")) }))
    }

    /// A line; the fields' values are JSON already.
    static func line(
        at now: Instant, level: String, _ message: String, _ fields: [(String, String)]
    ) -> String {
        var line = #"{"at":"# + "\(now.milliseconds)"
        line += #","level":"# + quoted(level)
        line += #","message":"# + quoted(message)
        for (key, value) in fields { line += "," + quoted(key) + ":" + value }
        return line + "}\n"
    }

    /// A JSON string (RFC 8259, section 7).
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
