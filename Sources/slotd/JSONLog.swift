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
        var line = #"{"at":"# + "\(Clock.now().milliseconds)"
        line += #","level":"# + quoted(event.level.rawValue)
        line += #","message":"# + quoted(event.message.description)
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            line += "," + quoted(key) + ":" + quoted(value.description)
        }
        line += "}\n"
        StandardStream.error(line)
    }

    /// A JSON string (RFC 8259, section 7).
    private func quoted(_ text: String) -> String {
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
