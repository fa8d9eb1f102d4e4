internal import SwiftProtobuf

/// JSON as slotctl writes it: protobuf's own mapping of the API's messages (RFC 3339 times, 64-bit
/// integers and ids as strings), with `apiVersion` in front.
enum JSONText {
    /// Stands in every object that slotctl writes.
    static let apiVersion = "slotd.v1"

    /// A JSON string.
    static func quoted(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\n": json += "\\n"
            case "\r": json += "\\r"
            case "\t": json += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }

    /// An object of members whose values are JSON already.
    static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\(quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }

    /// An array of elements that are JSON already.
    static func array(_ elements: [String]) -> String {
        "[" + elements.joined(separator: ",") + "]"
    }

    /// A message by protobuf's JSON mapping, on one line.
    static func message(_ message: some Message) throws(CommandFailure) -> String {
        var options = JSONEncodingOptions()
        options.useDeterministicOrdering = true
        do {
            return try message.jsonString(options: options)
        } catch {
            throw .local("the daemon's reply cannot be written as JSON: \(error)")
        }
    }

    /// An object with `apiVersion` put before its other members.
    static func versioned(_ object: String) -> String {
        let head = "{\"apiVersion\":" + quoted(apiVersion)
        return object == "{}" ? head + "}" : head + "," + object.dropFirst()
    }

    /// The same JSON with two spaces of indentation a level, for reading.
    static func indented(_ json: String) -> String {
        var result = ""
        var depth = 0
        var isInString = false
        var isEscaped = false
        var previous: Character = " "
        func newLine() -> String { "\n" + String(repeating: "  ", count: depth) }
        for character in json {
            if isInString {
                result.append(character)
                if isEscaped {
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else if character == "\"" {
                    isInString = false
                }
                previous = "\""
                continue
            }
            switch character {
            case " ", "\n": continue
            case "\"":
                if previous == "{" || previous == "[" { result += newLine() }
                isInString = true
                result.append(character)
            case "{", "[":
                if previous == "{" || previous == "[" { result += newLine() }
                depth += 1
                result.append(character)
            case "}", "]":
                depth -= 1
                if previous != "{" && previous != "[" { result += newLine() }
                result.append(character)
            case ",": result += "," + newLine()
            case ":": result += ": "
            default:
                if previous == "{" || previous == "[" { result += newLine() }
                result.append(character)
            }
            previous = character
        }
        return result
    }
}
