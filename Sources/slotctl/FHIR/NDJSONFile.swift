internal import Foundation
internal import Gzip

/// Where a record came from, for messages: `Encounter.ndjson:17`.
struct SourceLine: Equatable, Sendable, CustomStringConvertible {
    let file: String
    /// From 1.
    let line: Int

    var description: String { "\(file):\(line)" }
}

/// A file of one JSON object a line, as it is or compressed, read piece by piece.
struct NDJSONFile {
    let path: String

    /// A line longer than this is no sensible record.
    static let lineBytesMax = 16 << 20
    private static let pieceBytes = 64 << 10

    /// `NAME.ndjson` or `NAME.ndjson.gz` in a folder; nil when there is neither.
    init?(folder: String, name: String) {
        let candidates = ["\(folder)/\(name).ndjson", "\(folder)/\(name).ndjson.gz"]
        guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0) })
        else { return nil }
        path = found
    }

    /// The file's name without folder and compression.
    private var name: String {
        let file = (path as NSString).lastPathComponent
        return file.hasSuffix(".gz") ? String(file.dropLast(3)) : file
    }

    /// Hands over each line that is not empty, in order.
    func forEachLine(
        _ body: (SourceLine, [UInt8]) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw .local("\(path) cannot be read")
        }
        defer { try? handle.close() }
        var lines = LineSplitter(file: name)
        var inflater = Inflater()
        let isCompressed = path.hasSuffix(".gz")
        while let piece = try read(handle) {
            guard isCompressed else {
                try lines.push(piece, body)
                continue
            }
            var bytes: [UInt8] = []
            do {
                try inflater.push(piece, into: &bytes)
            } catch {
                throw .local("\(path) is no sound gzip file: \(error)")
            }
            try lines.push(bytes, body)
        }
        if isCompressed {
            do { try inflater.finish() } catch { throw .local("\(path) is cut short") }
        }
        try lines.finish(body)
    }

    private func read(_ handle: FileHandle) throws(CommandFailure) -> [UInt8]? {
        do {
            guard let data = try handle.read(upToCount: Self.pieceBytes), !data.isEmpty else {
                return nil
            }
            return Array(data)
        } catch {
            throw .local("\(path) cannot be read: \(error.localizedDescription)")
        }
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
