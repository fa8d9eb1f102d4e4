internal import ArgumentParser
internal import Intervals
internal import SlotdAPI
internal import SwiftProtobuf

/// The flags of a provider.
struct ProviderFields: ParsableArguments {
    @Option(help: "The name.") var name: String?
    @Option(
        help: ArgumentHelp(
            "Weekly hours at a location, as in “Downtown: mon-fri 09:00-17:00”; may be given "
                + "several times, and replaces all.",
            valueName: "location: hours"))
    var schedule: [String] = []
    @Option(
        help: ArgumentHelp(
            "Time off in local time: a date, or “2026-12-24 12:00..2026-12-27 00:00”, and then "
                + "“,location=Downtown” or “,service=Botox” where it is not all of them; may be "
                + "given several times, and is added.",
            valueName: "from..to"))
    var timeOff: [String] = []
    @Flag(help: "Take all time off away first.") var clearTimeOff = false
    @Option(
        help: ArgumentHelp(
            "Hours of one date in place of the week's, as in “Downtown: 2026-12-24=09:00-12:00” "
                + "or “Downtown: 2026-12-25=closed”; may be given several times, and is added.",
            valueName: "location: date=hours"))
    var day: [String] = []
    @Flag(help: "Take all hours of single dates away first.") var clearDays = false
    @Option(help: "Bookings that may start on one local date, anywhere; 0: any number.")
    var dailyCap: Int32?
    @Option(name: .customLong("ref"), help: "Your own name of the provider.")
    var reference: String?
    @Option(help: "Whether a physician's permission is needed.") var mdRequired: Bool?
    @Option(help: "Whether the provider is disabled: nothing new is booked.") var disabled: Bool?

    func apply(
        to record: inout Slotd_V1_Provider, _ session: Session
    ) async throws(CommandFailure) {
        if let name { record.name = name }
        if let reference { record.externalRef = reference }
        if let mdRequired { record.mdRequired = mdRequired }
        if let disabled { record.disabled = disabled }
        if clearTimeOff { record.timeOff = [] }
        for text in timeOff { record.timeOff.append(try await timeOff(text, session)) }
        if let dailyCap { record.dailyCap = dailyCap }
        if clearDays { record.days = [] }
        for text in day {
            let (place, hours) = try await split(
                text, example: "Downtown: 2026-12-24=09:00-12:00", session)
            let day = try DayText.parse(hours)
            record.days.removeAll { $0.locationID == place && $0.day.date == day.date }
            record.days.append(
                .with {
                    $0.locationID = place
                    $0.day = day
                })
        }
        guard !schedule.isEmpty else { return }
        record.schedules = []
        for text in schedule {
            try await add(text, to: &record, session)
        }
    }

    private func add(
        _ text: String, to record: inout Slotd_V1_Provider, _ session: Session
    ) async throws(CommandFailure) {
        let (place, rest) = try await split(
            text, example: "Downtown: mon-fri 09:00-17:00", session)
        let hours = try HoursText.parse(rest)
        if let index = record.schedules.firstIndex(where: { $0.locationID == place }) {
            record.schedules[index].hours += hours
        } else {
            record.schedules.append(
                .with {
                    $0.locationID = place
                    $0.hours = hours
                })
        }
    }

    /// The id of the location before the colon, and what follows.
    private func split(
        _ text: String, example: String, _ session: Session
    ) async throws(CommandFailure) -> (location: String, rest: String) {
        // The last colon followed by a space: names may hold colons, and so do the hours.
        guard let separator = text.ranges(of: ": ").last else {
            throw .usage("“\(text)” does not name the location: write “\(example)”")
        }
        let place = try await session.location(String(text[..<separator.lowerBound]))
        return (place.id, String(text[separator.upperBound...]))
    }

    private func timeOff(
        _ text: String, _ session: Session
    ) async throws(CommandFailure) -> Slotd_V1_TimeOff {
        var settings = try SettingText(text)
        var off = Slotd_V1_TimeOff()
        (off.start, off.end) = try LocalStretchText.parse(settings.subject)
        if let name = settings.take("location") {
            off.locationID = try await session.location(name).id
        }
        if let name = settings.take("service") {
            off.serviceID = try await session.service(name).id
        }
        try settings.checkAllTaken()
        return off
    }
}
