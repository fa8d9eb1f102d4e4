internal import ArgumentParser
internal import SlotdAPI

/// `slotctl procedure list`.
struct ProcedureList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List procedures.",
        discussion: examples(
            "slotctl procedure list --patient Lovelace",
            "slotctl procedure list --status draft -o ndjson"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(help: "Only this patient's.", completion: .patients) var patient: String?
    @Option(help: "Only those attached to this booking.") var booking: String?
    @Option(help: "Only in this status; may be given several times.")
    var status: [StatusArgument] = []
    @OptionGroup var list: ListOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var request = Slotd_V1_ListProceduresRequest()
        request.patientID = try await session.patientID(patient)
        if let booking { request.bookingID = try await session.bookingID(booking) }
        request.statuses = status.map(\.status)
        try await session.list(
            list, as: .procedure,
            naming: { records throws(CommandFailure) in
                try await session.directory(procedures: records)
            },
            Methods.ProcedureService.listProcedures, request)
    }
}

/// A procedure's status on the command line.
struct StatusArgument: ExpressibleByArgument {
    let status: Slotd_V1_ProcedureStatus

    init?(argument: String) {
        guard let status = Slotd_V1_ProcedureStatus(word: argument) else { return nil }
        self.status = status
    }

    static var allValueStrings: [String] { Slotd_V1_ProcedureStatus.known.map(\.word) }
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
