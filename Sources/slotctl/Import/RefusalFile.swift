/// A file of the records that an import did not take, as comma-separated values: to be read, sorted
/// and sent back to whoever keeps the data.
final class RefusalFile: @unchecked Sendable {
    // Used by one task: the import's loop.
    private let file: OutputFile

    private static let heading = [
        "file", "line", "column", "kind", "external_ref", "reason", "message", "blocking",
    ]

    /// Begins the file; with `isContinued` what stands there is kept.
    init(path: String, isContinued: Bool) throws(CommandFailure) {
        file = try OutputFile(path: path, isContinued: isContinued)
        if file.isEmpty { try write(Self.heading) }
    }

    func add(_ refusal: ImportRefusal) throws(CommandFailure) {
        try write([
            refusal.source.file, "\(refusal.source.line)", refusal.column ?? "",
            refusal.kind.plural, refusal.reference, refusal.reason, refusal.message,
            refusal.blocking.joined(separator: "; "),
        ])
    }

    /// Hands what was added to the system.
    func flush() throws(CommandFailure) { try file.flush() }

    private func write(_ fields: [String]) throws(CommandFailure) {
        try file.write(CSVText.guardedLine(fields) + "\r\n")
    }
}
