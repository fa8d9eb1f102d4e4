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
            "Time off in local time, as in “2026-12-24 00:00..2026-12-27 00:00”; may be given "
                + "several times, and is added.",
            valueName: "from..to"))
    var timeOff: [String] = []
    @Flag(help: "Take all time off away first.") var clearTimeOff = false
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
        for text in timeOff { record.timeOff.append(try Self.timeOff(text)) }
        guard !schedule.isEmpty else { return }
        record.schedules = []
        for text in schedule {
            try await add(text, to: &record, session)
        }
    }

    private func add(
        _ text: String, to record: inout Slotd_V1_Provider, _ session: Session
    ) async throws(CommandFailure) {
        // The last colon followed by a space: names may hold colons, and so do the hours.
        guard let separator = text.ranges(of: ": ").last else {
            throw .usage("“\(text)” is no schedule: write “Downtown: mon-fri 09:00-17:00”")
        }
        let place = try await session.location(String(text[..<separator.lowerBound]))
        let hours = try HoursText.parse(String(text[separator.upperBound...]))
        if let index = record.schedules.firstIndex(where: { $0.locationID == place.id }) {
            record.schedules[index].hours += hours
        } else {
            record.schedules.append(
                .with {
                    $0.locationID = place.id
                    $0.hours = hours
                })
        }
    }

    static func timeOff(_ text: String) throws(CommandFailure) -> Slotd_V1_TimeOff {
        let ends = text.ranges(of: "..")
        guard ends.count == 1,
            let start = localTime(text[..<ends[0].lowerBound]),
            let end = localTime(text[ends[0].upperBound...])
        else {
            throw .usage(
                "“\(text)” is no time off: write “2026-12-24 00:00..2026-12-27 00:00”")
        }
        return .with {
            $0.start = start
            $0.end = end
        }
    }

    /// `2026-12-24 08:00`, or a day alone for its midnight.
    private static func localTime(_ text: Substring) -> Slotd_V1_LocalDateTime? {
        let words = text.split(separator: " ")
        guard (1...2).contains(words.count), let day = LocalDate(words[0]),
            let minute = words.count == 2 ? clockMinute(words[1]) : 0
        else { return nil }
        return .with {
            $0.date = day.message
            $0.minute = Int32(minute)
        }
    }
}
