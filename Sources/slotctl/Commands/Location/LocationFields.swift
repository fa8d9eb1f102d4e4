internal import ArgumentParser
internal import SlotdAPI

/// The flags of a location.
struct LocationFields: ParsableArguments {
    @Option(help: "Its name.") var name: String?
    @Option(help: "Its IANA time zone, as in America/New_York.") var timeZone: String?
    @Option(
        help: ArgumentHelp(
            "Business hours, as in “mon-fri 09:00-12:00,13:00-17:00”; may be given several times, "
                + "and replaces all.",
            valueName: "hours"))
    var hours: [String] = []
    @Option(name: .customLong("ref"), help: "Your own name of it.") var reference: String?
    @Option(help: "Whether it is archived: nothing new is booked there.") var archived: Bool?

    func apply(
        to record: inout Slotd_V1_Location, _ session: Session
    ) async throws(CommandFailure) {
        if let name { record.name = name }
        if let timeZone { record.timeZone = timeZone }
        if let reference { record.externalRef = reference }
        if let archived { record.archived = archived }
        guard !hours.isEmpty else { return }
        record.hours = []
        for text in hours { record.hours += try HoursText.parse(text) }
    }
}
