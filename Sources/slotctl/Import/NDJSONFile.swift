/// A file of one JSON object a line, as it is or compressed.
struct NDJSONFile {
    private let file: DataFile

    /// A line longer than this is no sensible record.
    static let lineBytesMax = 16 << 20

    /// The file of this path, or `-` for standard input.
    init(path: String) { file = DataFile(path: path) }

    /// `NAME.ndjson` or `NAME.ndjson.gz` in a folder; nil when there is neither.
    init?(folder: String, name: String) {
        guard let file = DataFile(folder: folder, name: name + ".ndjson") else { return nil }
        self.file = file
    }

    /// Hands over each line that is not empty, in order.
    func forEachLine(
        _ body: (SourceLine, [UInt8]) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        var lines = LineSplitter(file: file.name)
        try file.forEachPiece { piece throws(CommandFailure) in try lines.push(piece, body) }
        try lines.finish(body)
    }
}

/// Cuts bytes that arrive in pieces at their line ends.
struct LineSplitter {
    let file: String
    private var rest: [UInt8] = []
    private var line = 0

    init(file: String) { self.file = file }

    mutating func push(
        _ bytes: [UInt8], _ body: (SourceLine, [UInt8]) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        var start = 0
        for index in bytes.indices where bytes[index] == 0x0A {
            rest += bytes[start..<index]
            start = index + 1
            try end(body)
        }
        rest += bytes[start...]
        guard rest.count <= NDJSONFile.lineBytesMax else {
            throw .local("\(file):\(line + 1) is longer than \(NDJSONFile.lineBytesMax) bytes")
        }
    }

    /// The last line may lack its line end.
    mutating func finish(
        _ body: (SourceLine, [UInt8]) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        if !rest.isEmpty { try end(body) }
    }

    private mutating func end(
        _ body: (SourceLine, [UInt8]) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        line += 1
        if rest.last == 0x0D { rest.removeLast() }
        if !rest.isEmpty { try body(SourceLine(file: file, line: line), rest) }
        rest = []
    }
}
