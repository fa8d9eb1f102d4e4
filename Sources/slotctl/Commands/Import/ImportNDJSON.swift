internal import ArgumentParser
internal import Foundation
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl import ndjson`.
struct ImportNDJSON: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "ndjson", abstract: "Import records of any kinds, a JSON object a line.",
        discussion: """
            Each line is a slotd.v1.ImportRequest, as `slotctl export ndjson` writes it: \
            {"patient":{"externalRef":"p-1","name":"Ada"}}. What a record names must stand before \
            it, or be there.

            Wrong lines, --dry-run, --resume and the exit status are as in `slotctl import csv`.


            """
                + examples(
                    "slotctl import ndjson records.ndjson.gz",
                    "slotctl import ndjson records.ndjson --continue-on-error --errors bad.csv",
                    "slotctl export ndjson bookings | slotctl --org new import ndjson -"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "The file, may end in .gz; - for stdin.", completion: .file())
    var file: String
    @Flag(help: "Pass over lines that are wrong.") var continueOnError = false
    @OptionGroup var options: ImportOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let run = FileImport(
            session: session, options: options, continuesOnError: continueOnError)
        try await run.run(try Self.read(NDJSONFile(path: file)))
    }

    /// The records of a file.
    static func read(_ file: NDJSONFile) throws(CommandFailure) -> SheetRecords {
        var records = SheetRecords()
        try file.forEachLine { source, bytes throws(CommandFailure) in
            let source = SourceLine(line: source.line)
            do {
                let request = try Slotd_V1_ImportRequest(jsonUTF8Bytes: bytes)
                if let record = request.record {
                    records.items.append(
                        ImportItem(kind: ImportItem.kind(record), record: record, source: source))
                    return
                }
                records.refuse(source, "it has no record")
            } catch {
                records.refuse(source, "it is no slotd.v1.ImportRequest in JSON: \(error)")
            }
        }
        return records
    }
}

extension SheetRecords {
    fileprivate mutating func refuse(_ source: SourceLine, _ message: String) {
        refusals.append(
            ImportRefusal(
                kind: .booking, reference: "", source: source, reason: "INVALID_VALUE",
                message: message))
    }
}
