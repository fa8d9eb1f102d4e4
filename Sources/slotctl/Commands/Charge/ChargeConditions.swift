internal import ArgumentParser
internal import SlotdAPI

/// Which charges are meant.
struct ChargeConditions: ParsableArguments {
    @Option(help: "Only of this procedure: its id or ref:REFERENCE.") var procedure = ""
    @Option(help: "Only of this booking.") var booking: String?
    @Option(help: "Only of this patient.", completion: .patients) var patient: String?
    @Option(help: "Only in this status; may be given several times.")
    var status: [ChargeStatusArgument] = []

    func filter(_ session: Session) async throws(CommandFailure) -> Slotd_V1_ChargeFilter {
        var filter = Slotd_V1_ChargeFilter()
        filter.procedureID = procedure
        if let booking { filter.bookingID = try await session.bookingID(booking) }
        filter.patientID = try await session.patientID(patient)
        filter.statuses = status.map(\.status)
        return filter
    }
}

/// A charge's status on the command line.
struct ChargeStatusArgument: ExpressibleByArgument {
    let status: Slotd_V1_ChargeStatus

    init?(argument: String) {
        let wanted = argument.lowercased().replacing("_", with: "-")
        guard let status = Slotd_V1_ChargeStatus.known.first(where: { $0.word == wanted }) else {
            return nil
        }
        self.status = status
    }

    static var allValueStrings: [String] { Slotd_V1_ChargeStatus.known.map(\.word) }
}
