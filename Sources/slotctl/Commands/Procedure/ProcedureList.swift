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
    @Option(help: "At most so many.") var limit = 1000

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit takes 1 or more") }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        var request = Slotd_V1_ListProceduresRequest()
        request.patientID = try await session.patientID(patient)
        if let booking { request.bookingID = try await session.bookingID(booking) }
        request.statuses = status.map(\.status)
        let found = try await session.procedures(request, limit: limit)
        let directory = try await session.directory(procedures: found.records)
        try session.output.list(found.records, as: .procedure, directory)
        if found.isTruncated {
            session.output.note("There are more after these; --limit goes on.")
        }
    }
}

extension Session {
    /// All pages of a list, up to so many procedures.
    func procedures(
        _ request: Slotd_V1_ListProceduresRequest, limit: Int = .max
    ) async throws(CommandFailure) -> (records: [Slotd_V1_Procedure], isTruncated: Bool) {
        try await api.pages(limit: limit) { size, token throws(CommandFailure) in
            var request = request
            request.pageSize = size
            request.pageToken = token
            let page = try await api.call(Methods.ProcedureService.listProcedures, request)
            return (page.procedures, page.nextPageToken)
        }
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
