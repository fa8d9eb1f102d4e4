internal import ArgumentParser
internal import SlotdAPI

/// A stretch of local time that a schedule gets, or that is taken back.
struct StretchArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Local time: a date, or “2026-12-24 12:00..2026-12-27 00:00”.", valueName: "from..to"))
    var when: String

    /// In which a location is closed, or a room or device out of use.
    func closure(_ note: NoteOption? = nil) throws(CommandFailure) -> Slotd_V1_Closure {
        var closure = try Slotd_V1_Closure(when)
        closure.note = note?.note ?? ""
        return closure
    }
}

/// Why a stretch is added.
struct NoteOption: ParsableArguments {
    @Option(help: "Why, for people.") var note = ""
}

/// Of which work a provider is free; taken back, it must be of the same.
struct TimeOffOptions: ParsableArguments {
    @OptionGroup var stretch: StretchArgument
    @Option(help: "Only there; default: everywhere.") var location: String?
    @Option(help: "Only from this service; default: from all.") var service: String?

    func timeOff(_ session: Session) async throws(CommandFailure) -> Slotd_V1_TimeOff {
        var timeOff = Slotd_V1_TimeOff()
        (timeOff.start, timeOff.end) = try LocalStretchText.parse(stretch.when)
        if let location { timeOff.locationID = try await session.location(location).id }
        timeOff.serviceID = try await session.serviceID(service)
        return timeOff
    }
}
