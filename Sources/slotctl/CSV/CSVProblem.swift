/// What is wrong with a line of CSV, or with its heading.
enum CSVProblem: Error, Equatable, CustomStringConvertible {
    /// From 1.
    case notUTF8(field: Int)
    case openQuote
    case strayQuote
    case textAfterQuote
    case strayCarriageReturn
    case tooLong
    case tooManyFields
    case fieldCount(Int, expected: Int)

    var description: String {
        switch self {
        case .notUTF8(let field): "field \(field) is not UTF-8"
        case .openQuote: "a quoted field that begins here never ends"
        case .strayQuote: "a quote in the middle of a field: quote the whole field, and double it"
        case .textAfterQuote: "text after a closing quote: double the quotes inside a quoted field"
        case .strayCarriageReturn: "a carriage return that ends no line"
        case .tooLong: "the record has more than \(CSVParser.recordBytesMax) bytes"
        case .tooManyFields: "the record has more than \(CSVParser.fieldsMax) fields"
        case .fieldCount(let count, let expected):
            "the record has \(count) fields, its heading \(expected)"
        }
    }
}
