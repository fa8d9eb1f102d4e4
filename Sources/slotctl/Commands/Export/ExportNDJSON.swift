internal import ArgumentParser
internal import SlotdAPI

/// `slotctl export ndjson`.
struct ExportNDJSON: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "ndjson", abstract: "Export records as JSON, an object a line.",
        discussion: """
            Each line is a slotd.v1.ImportRequest, which `slotctl import ndjson` takes in.


            """
                + examples(
                    "slotctl export ndjson patients > records.ndjson",
                    "slotctl export ndjson bookings >> records.ndjson",
                    "slotctl export ndjson procedures --file procedures.ndjson"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @OptionGroup var options: ExportOptions

    func run(_ session: Session) async throws(CommandFailure) {
        try await options.export(session, heading: "") { request throws(CommandFailure) in
            // Its number in the stream is nothing that belongs to the record.
            var request = request
            request.sequence = 0
            return try JSONText.message(request) + "\n"
        }
    }
}
