internal import ArgumentParser
internal import SlotdAPI

/// `slotctl hold create`.
struct HoldCreate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Keep a slot, so that a form can be filled in.",
        discussion: """
            Whoever knows the hold's id owns the hold; book it with `booking create --hold ID`.


            """
                + examples(
                    "slotctl hold create --service Botox --start \"tomorrow 9:00\"",
                    "slotctl hold create --segment Peel:30@Kim --segment Facial --start 10:00",
                    "slotctl hold create --service Botox --provider Kim --start 14:30 \\",
                    "    --ttl 600 --owner desk-2",
                    "slotctl hold create --service Botox --start 15:00 --moving ref:APPT-9"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(
        help: "Where; not needed when there is one location, or the context has one.",
        completion: .locations)
    var location: String?
    @OptionGroup var what: WhatOptions
    @Flag(help: "As a patient who books without staff.") var selfService = false
    @Option(help: "First minute.") var start: String
    @Option(help: "For whom, if known.", completion: .patients) var patient: String?
    @Option(help: "Your own name for the owner; the same owner gets the same hold again.")
    var owner = ""
    @Option(help: "Seconds that it lives, 15 to 1800.") var ttl: Int32 = 300
    @Option(help: "A hold of yours that this one takes the place of.") var replace: String?
    @Option(help: "The booking that is to be moved; `booking reschedule --hold` takes the hold.")
    var moving: String?
    @OptionGroup var overrides: OverrideOptions
    @OptionGroup var request: RequestOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let place = try await session.location(location)
        let times = session.times(in: try Zone(name: place.timeZone))
        var hold = Slotd_V1_HoldRequest()
        hold.locationID = place.id
        hold.segments = try await what.segments(session)
        hold.selfService = selfService
        hold.start = try times.moment(start).timestamp
        hold.patientID = try await session.patientID(patient)
        hold.owner = owner
        hold.ttlSeconds = ttl
        hold.holdID = replace ?? ""
        if let moving { hold.ignoreBookingID = try await session.bookingID(moving) }
        hold.allow = overrides.rules
        hold.overrideNote = overrides.note
        hold.requestID = request.make(session)
        let reply = try await session.api.call(Methods.BookingService.hold, hold, in: times.zone)
        session.noteReplay(reply.replayed)
        try session.output.single(reply.hold, as: .hold, reply: reply)
    }
}
