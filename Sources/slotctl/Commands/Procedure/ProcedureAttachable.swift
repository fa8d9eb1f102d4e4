internal import ArgumentParser
internal import SlotdAPI

/// `slotctl procedure attachable`.
struct ProcedureAttachable: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "attachable",
        abstract: "List a patient's bookings that can be attached, and why others cannot.",
        discussion: examples(
            "slotctl procedure attachable --patient Lovelace",
            "slotctl procedure attachable --patient Lovelace --location Downtown",
            "slotctl procedure attachable --procedure procedure_01h… \\",
            "    --only-attachable -o tsv"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(help: "Whose.", completion: .patients) var patient: String?
    @Option(help: "For which procedure: its patient and type count.") var procedure: String?
    @Option(
        help: "Where it is to be done: bookings elsewhere cannot be attached.",
        completion: .locations)
    var location: String?
    @Flag(help: "Leave out rows that cannot be attached.") var onlyAttachable = false
    @Option(help: "Bookings from this time; default: the start of yesterday.") var from: String?
    @Option(help: "Bookings before this time; default: the last day that can be booked.")
    var to: String?
    @Option(help: "At most so many, up to 1000.") var limit: Int32 = 100

    func validate() throws {
        if patient == nil, procedure == nil {
            throw ValidationError("give --patient or --procedure")
        }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        let times = session.times(in: .ofThisMachine)
        var request = Slotd_V1_ListAttachableBookingsRequest()
        request.patientID = try await session.patientID(patient)
        request.procedureID = procedure ?? ""
        if let location { request.locationID = try await session.location(location).id }
        request.showUnattachable = !onlyAttachable
        if let from { request.from = try times.moment(from).timestamp }
        if let to { request.to = try times.moment(to).timestamp }
        request.pageSize = limit
        let reply = try await session.api.call(
            Methods.ProcedureService.listAttachableBookings, request)
        try session.output.list(reply.bookings, as: .attachable)
        if reply.truncated { session.output.note("There are more; --limit goes on.") }
    }
}
