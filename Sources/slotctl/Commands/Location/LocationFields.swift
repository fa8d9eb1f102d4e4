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
    @Option(
        help: ArgumentHelp(
            "A closure in local time: a date, or “2026-12-24 12:00..2026-12-27 00:00”; may be "
                + "given several times, and is added.",
            valueName: "from..to"))
    var close: [String] = []
    @Flag(help: "Take all closures away first.") var clearClosures = false
    @Option(
        help: ArgumentHelp(
            "Hours of one date in place of the week's, as in 2026-12-24=09:00-12:00 or "
                + "2026-12-25=closed; may be given several times, and is added.",
            valueName: "date=hours"))
    var day: [String] = []
    @Flag(help: "Take all hours of single dates away first.") var clearDays = false
    @Option(help: "Bookings that may start here on one local date; 0: any number.")
    var dailyCap: Int32?
    @Option(
        help: ArgumentHelp(
            "What counts here where a service does not say it, as in “notice=120,step=10”: "
                + "before, after, step, offset, notice, horizon, anchor, inside-hours and "
                + "assignment. May be given several times, and is added.",
            valueName: "settings"))
    var defaults: [String] = []
    @Flag(help: "Take all defaults away first.") var clearDefaults = false
    @Option(name: .customLong("ref"), help: "Your own name of it.") var reference: String?
    @Option(help: "Whether it is archived: nothing new is booked there.") var archived: Bool?

    func apply(
        to record: inout Slotd_V1_Location, _ session: Session
    ) async throws(CommandFailure) {
        if let name { record.name = name }
        if let timeZone { record.timeZone = timeZone }
        if let reference { record.externalRef = reference }
        if let archived { record.archived = archived }
        if let dailyCap { record.dailyCap = dailyCap }
        if clearDefaults { record.clearDefaults() }
        for text in defaults { try record.defaults.apply(text) }
        if clearClosures { record.closures = [] }
        for text in close { record.closures.append(try Slotd_V1_Closure(text)) }
        if clearDays { record.days = [] }
        for text in day {
            let day = try DayText.parse(text)
            record.days.removeAll { $0.date == day.date }
            record.days.append(day)
        }
        guard !hours.isEmpty else { return }
        record.hours = []
        for text in hours { record.hours += try HoursText.parse(text) }
    }
}
