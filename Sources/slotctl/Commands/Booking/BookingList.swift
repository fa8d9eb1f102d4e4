internal import ArgumentParser
internal import SlotdAPI

/// `slotctl booking list`.
struct BookingList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List bookings in order of start.",
        discussion: """
            Local times are those of --location, else of this machine.


            """
                + examples(
                    "slotctl booking list --date today",
                    "slotctl booking list --text \"lovelace botox\" --all",
                    "slotctl booking list --patient Lovelace --from 2026-01-01 --to 2027-01-01",
                    "slotctl booking list --stage check-in \\",
                    "    --stage in-procedure -o csv > here.csv"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(help: "Only this patient's.", completion: .patients) var patient: String?
    @Option(help: "Only at this location.", completion: .locations) var location: String?
    @Option(help: "Only with this provider.", completion: .providers) var provider: String?
    @Option(help: "Only in this stage; may be given several times.") var stage: [StageArgument] = []
    @Option(
        help: ArgumentHelp(
            "Only where each word begins a word of the patient's, provider's or service's name, of "
                + "the note or of a reference.",
            valueName: "words"))
    var text = ""
    @OptionGroup(title: "When (default: from today's first minute, for 7 days)")
    var when: WindowOptions
    @Flag(help: "Of all times.") var all = false
    @OptionGroup var list: ListOptions

    func validate() throws {
        if all, !when.isEmpty { throw ValidationError("--all leaves no room for a window") }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        var request = Slotd_V1_ListBookingsRequest()
        request.patientID = try await session.patientID(patient)
        request.providerID = try await session.providerID(provider)
        request.stages = stage.map(\.stage)
        request.text = text
        var zone = Zone.ofThisMachine
        if let name = location {
            let place = try await session.location(name)
            request.locationID = place.id
            zone = try Zone(name: place.timeZone)
        }
        // A patient's bookings are few: without a window, all of them are meant.
        if !all, !(when.isEmpty && patient != nil) {
            let window = try when.window(
                session.times(in: zone), defaultDays: 7, wholeDays: true)
            request.from = window.from.timestamp
            request.to = window.to.timestamp
        }
        try await session.list(
            list, as: .booking,
            naming: { records throws(CommandFailure) in
                try await session.directory(bookings: records)
            },
            Methods.BookingService.listBookings, request)
    }
}

/// A stage on the command line: `check-in`.
struct StageArgument: ExpressibleByArgument, Equatable {
    let stage: Slotd_V1_Stage

    init?(argument: String) {
        guard let stage = Slotd_V1_Stage(word: argument) else { return nil }
        self.stage = stage
    }

    static var allValueStrings: [String] { Slotd_V1_Stage.known.map(\.word) }
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
