internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl charge export`.
struct ChargeExport: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write all charges as CSV, or as JSON lines.",
        discussion: """
            The rows are the daemon's own, whatever -o says but for ndjson. In CSV a text that a \
            spreadsheet would take for a formula has an apostrophe in front.


            """
                + examples(
                    "slotctl charge export --status billed > billed.csv",
                    "slotctl charge export -o ndjson > charges.ndjson"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @OptionGroup var conditions: ChargeConditions

    func run(_ session: Session) async throws(CommandFailure) {
        let filter = try await conditions.filter(session)
        let request = Slotd_V1_ExportChargesRequest.with {
            $0.filter = filter
            $0.format = session.output.format == .ndjson ? .ndjson : .csv
        }
        var count = 0
        try await session.api.forEachReply(
            Methods.BillingService.exportCharges, request
        ) { page in
            // The rows are whole lines; a cell may have line ends of its own, so they are passed on
            // as they are.
            if !page.rows.isEmpty { session.output.writeLine(Self.withoutLastEnd(page.rows)) }
            count += Int(page.count)
        }
        session.output.note(count == 1 ? "1 charge." : "\(count) charges.")
    }

    /// Without the line feed that `writeLine` adds.
    static func withoutLastEnd(_ rows: String) -> String {
        rows.utf8.last == UInt8(ascii: "\n")
            ? String(decoding: rows.utf8.dropLast(), as: UTF8.self) : rows
    }
}
