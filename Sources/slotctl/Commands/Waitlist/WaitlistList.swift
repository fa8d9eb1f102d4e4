internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl waitlist list`.
struct WaitlistList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List who waits, and what is offered to whom.",
        discussion: """
            Without --status those who wait or have an offer. Of one priority, whoever stands \
            first has waited longest.


            """
                + examples(
                    "slotctl waitlist list --location Downtown",
                    "slotctl waitlist list --patient Lovelace --status booked --status left",
                    "slotctl waitlist list --status offered -o csv > offers.csv"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(help: "Only at this location.") var location: String?
    @Option(help: "Only for this patient.") var patient: String?
    @Option(help: "Only in this status; may be given several times.")
    var status: [WaitlistStatusArgument] = []
    @OptionGroup var list: ListOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var request = Slotd_V1_ListWaitlistRequest()
        if let location { request.locationID = try await session.location(location).id }
        request.patientID = try await session.patientID(patient)
        request.statuses = status.map(\.status)
        let shown = try await session.list(
            list, as: .waitlist,
            naming: { records throws(CommandFailure) in
                try await session.directory(waitlist: records)
            },
            Methods.BookingService.listWaitlist, request)
        if session.output.format.isForPeople, shown.contains(where: \.hasOffer) {
            session.output.note("How an offer is taken: slotctl waitlist show ENTRY")
        }
    }
}
