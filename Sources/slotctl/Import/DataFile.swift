internal import Foundation
internal import Gzip

/// Where a record came from, for messages: `Encounter.ndjson:17`, or `line 17` where there is only
/// one file.
struct SourceLine: Equatable, Sendable, CustomStringConvertible {
    /// Empty where there is only one.
    let file: String
    /// From 1.
    let line: Int

    init(file: String = "", line: Int) {
        self.file = file
        self.line = line
    }

    var description: String { file.isEmpty ? "line \(line)" : "\(file):\(line)" }
}

/// A file to import, as it is or compressed by gzip, read piece by piece; or standard input.
struct DataFile {
    let path: String

    private static let pieceBytes = 64 << 10

    /// A name that ends in `.gz` is a compressed file's; `-` is standard input.
    init(path: String) { self.path = path }

    private var isStandardInput: Bool { path == "-" }

    /// `NAME` or `NAME.gz` in a folder; nil when there is neither.
    init?(folder: String, name: String) {
        let candidates = ["\(folder)/\(name)", "\(folder)/\(name).gz"]
        guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0) })
        else { return nil }
        path = found
    }

    /// The file's name without folder and compression.
    var name: String {
        if isStandardInput { return "standard input" }
        let file = (path as NSString).lastPathComponent
        return file.hasSuffix(".gz") ? String(file.dropLast(3)) : file
    }

    /// Hands over the file's bytes, in pieces, decompressed.
    func forEachPiece(
        _ body: ([UInt8]) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        let opened =
            isStandardInput ? FileHandle.standardInput : FileHandle(forReadingAtPath: path)
        guard let handle = opened else { throw .local("\(path) cannot be read") }
        defer { if !isStandardInput { try? handle.close() } }
        var inflater = Inflater()
        let isCompressed = path.hasSuffix(".gz")
        while let piece = try read(handle) {
            guard isCompressed else {
                try body(piece)
                continue
            }
            var bytes: [UInt8] = []
            do {
                try inflater.push(piece, into: &bytes)
            } catch {
                throw .local("\(path) is no sound gzip file: \(error)")
            }
            try body(bytes)
        }
        if isCompressed {
            do { try inflater.finish() } catch { throw .local("\(path) is cut short") }
        }
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
