internal import ArgumentParser
internal import SlotdAPI

/// The flags of a room or device.
struct ResourceFields: ParsableArguments {
    @Option(help: "Its name.") var name: String?
    @Option(help: "What it is: room or device.") var kind: String?
    @Option(help: "Where it is; this cannot be changed later.", completion: .locations)
    var location: String?
    @Option(help: "The pool that it serves beside others like it; empty: none.")
    var pool: String?
    @Option(help: "How many visits it serves at a time.") var units: Int32?
    @Option(
        help: ArgumentHelp(
            "When it can be used, as in “mon-fri 09:00-12:00,13:00-17:00”, or always; may be given "
                + "several times, and replaces all.",
            valueName: "hours"))
    var hours: [String] = []
    @Option(
        help: ArgumentHelp(
            "When it is out of use, in local time: a date, or “2026-12-24 12:00..2026-12-27 "
                + "00:00”; may be given several times, and is added.",
            valueName: "from..to"))
    var outage: [String] = []
    @Flag(help: "Take all outages away first.") var clearOutages = false
    @Option(name: .customLong("ref"), help: "Your own name of it.") var reference: String?
    @Option(help: "Whether it is archived: not offered any more.") var archived: Bool?

    func apply(
        to record: inout Slotd_V1_Resource, _ session: Session
    ) async throws(CommandFailure) {
        if let name { record.name = name }
        if let kind { record.kind = try .init(word: kind, for: "kind") }
        if let location { record.locationID = try await session.location(location).id }
        if let pool { record.pool = pool }
        if let units { record.units = units }
        if let reference { record.externalRef = reference }
        if let archived { record.archived = archived }
        if clearOutages { record.outages = [] }
        for text in outage { record.outages.append(try Slotd_V1_Closure(text)) }
        guard !hours.isEmpty else { return }
        record.hours = []
        for text in hours where text != "always" { record.hours += try HoursText.parse(text) }
    }
}
