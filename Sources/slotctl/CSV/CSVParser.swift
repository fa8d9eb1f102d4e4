/// Reads comma-separated values as RFC 4180 has them (https://www.rfc-editor.org/rfc/rfc4180), from
/// bytes that arrive in pieces of any size.
///
/// Taken besides: lines that end in LF alone, a byte order mark at the start, a last line without
/// its end, and empty lines, which are no records. A line that breaks the rules becomes a record
/// with a problem in place of fields, and reading goes on with the next line, so that one run finds
/// every such line. Never fails, whatever the bytes.
struct CSVParser {
    /// One record, or what is wrong with it.
    struct Record: Equatable {
        /// The line on which it begins, from 1.
        let line: Int
        let fields: Result<[String], CSVProblem>
    }

    /// A record longer than this is no sensible one.
    static let recordBytesMax = 1 << 20
    /// More fields than this have no sensible heading.
    static let fieldsMax = 256

    private enum State {
        case fieldStart
        case plain
        case quoted
        /// After a quote inside a quoted field: its end, or the first of two.
        case quoteInQuoted
        /// After a CR outside quotes: LF must follow.
        case carriageReturn
        /// What is left of a line with a problem.
        case skipping
    }

    private var state = State.fieldStart
    private var field: [UInt8] = []
    private var isQuoted = false
    private var fields: [String] = []
    private var recordBytes = 0
    private var problem: CSVProblem?
    private var line = 1
    private var recordLine = 1
    /// Bytes of the byte order mark that have been seen; nil after the start.
    private var markBytes: Int? = 0

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    /// Takes the next bytes and hands over the records that end in them.
    mutating func push<Failure: Error>(
        _ bytes: [UInt8], _ body: (Record) throws(Failure) -> Void
    ) throws(Failure) {
        var index = 0
        while let seen = markBytes, index < bytes.count {
            guard bytes[index] == Self.byteOrderMark[seen] else {
                for byte in Self.byteOrderMark[..<seen] { take(byte) }
                markBytes = nil
                break
            }
            index += 1
            markBytes = seen == 2 ? nil : seen + 1
        }
        while index < bytes.count {
            let end = runEnd(bytes, from: index)
            if end > index {
                append(bytes[index..<end])
                index = end
                continue
            }
            let byte = bytes[index]
            index += 1
            take(byte)
            if byte == Self.lineFeed {
                line += 1
                if state != .quoted { try endRecord(body) }
            }
        }
    }

    /// Says that no more bytes come.
    mutating func finish<Failure: Error>(
        _ body: (Record) throws(Failure) -> Void
    ) throws(Failure) {
        if let seen = markBytes, seen > 0 {
            for byte in Self.byteOrderMark[..<seen] { take(byte) }
        }
        markBytes = nil
        guard recordBytes > 0 else { return }
        if state == .quoted { fail(.openQuote) }
        if state != .skipping { endField() }
        try endRecord(body)
    }

    /// The end of the bytes that need no decision: most of them, taken in one step.
    private func runEnd(_ bytes: [UInt8], from start: Int) -> Int {
        var end = start
        switch state {
        case .plain:
            while end < bytes.count, bytes[end] != Self.comma, bytes[end] != Self.quote,
                bytes[end] != Self.lineFeed, bytes[end] != Self.carriageReturn
            { end += 1 }
        case .quoted:
            while end < bytes.count, bytes[end] != Self.quote, bytes[end] != Self.lineFeed {
                end += 1
            }
        case .skipping:
            while end < bytes.count, bytes[end] != Self.lineFeed { end += 1 }
        case .fieldStart, .quoteInQuoted, .carriageReturn: break
        }
        return end
    }

    private mutating func append(_ run: ArraySlice<UInt8>) {
        recordBytes += run.count
        guard state != .skipping else { return }
        field += run
        if recordBytes > Self.recordBytesMax { fail(.tooLong) }
    }

    private mutating func take(_ byte: UInt8) {
        recordBytes += 1
        switch state {
        case .fieldStart, .plain:
            switch byte {
            case Self.comma: endField()
            case Self.quote:
                guard state == .fieldStart else { return fail(.strayQuote) }
                isQuoted = true
                state = .quoted
            case Self.lineFeed: endField()
            case Self.carriageReturn: state = .carriageReturn
            default:
                field.append(byte)
                state = .plain
            }
        case .quoted:
            if byte == Self.quote { state = .quoteInQuoted } else { field.append(byte) }
        case .quoteInQuoted:
            switch byte {
            case Self.quote:
                field.append(byte)
                state = .quoted
            case Self.comma, Self.lineFeed: endField()
            case Self.carriageReturn: state = .carriageReturn
            default: fail(.textAfterQuote)
            }
        case .carriageReturn:
            if byte == Self.lineFeed { endField() } else { fail(.strayCarriageReturn) }
        case .skipping: break
        }
    }

    private mutating func fail(_ problem: CSVProblem) {
        self.problem = self.problem ?? problem
        field = []
        state = .skipping
    }

    private mutating func endField() {
        state = .fieldStart
        guard problem == nil else { return }
        guard let text = String(validating: field, as: UTF8.self) else {
            problem = .notUTF8(field: fields.count + 1)
            state = .skipping
            return
        }
        field.removeAll(keepingCapacity: true)
        fields.append(text)
        if fields.count > Self.fieldsMax { fail(.tooManyFields) }
    }

    private mutating func endRecord<Failure: Error>(
        _ body: (Record) throws(Failure) -> Void
    ) throws(Failure) {
        let record = Record(
            line: recordLine,
            fields: problem.map { .failure($0) } ?? .success(fields))
        let isBlank = problem == nil && fields == [""] && !isQuoted
        fields = []
        field = []
        problem = nil
        isQuoted = false
        recordBytes = 0
        state = .fieldStart
        recordLine = line
        if !isBlank { try body(record) }
    }
}
