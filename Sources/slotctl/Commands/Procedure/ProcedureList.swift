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
            { size, token throws(CommandFailure) in
                try await session.procedurePage(request, size, token)
            })
    }
}

extension Session {
    /// One page of a list.
    func procedurePage(
        _ request: Slotd_V1_ListProceduresRequest, _ size: Int32, _ token: String
    ) async throws(CommandFailure) -> (records: [Slotd_V1_Procedure], next: String) {
        var request = request
        request.pageSize = size
        request.pageToken = token
        let page = try await api.call(Methods.ProcedureService.listProcedures, request)
        return (page.procedures, page.nextPageToken)
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
