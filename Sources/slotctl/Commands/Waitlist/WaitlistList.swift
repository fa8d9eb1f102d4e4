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
    @Option(help: "At most so many.") var limit = 1000

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit takes 1 or more") }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        var request = Slotd_V1_ListWaitlistRequest()
        if let location { request.locationID = try await session.location(location).id }
        request.patientID = try await session.patientID(patient)
        request.statuses = status.map(\.status)
        let found = try await session.waitlist(request, limit: limit)
        let directory = try await session.directory(waitlist: found.records)
        try session.output.list(found.records, as: .waitlist, directory)
        if found.isTruncated { session.output.note("There are more; --limit goes on.") }
        if session.output.format.isForPeople, found.records.contains(where: \.hasOffer) {
            session.output.note("How an offer is taken: slotctl waitlist show ENTRY")
        }
    }
}
