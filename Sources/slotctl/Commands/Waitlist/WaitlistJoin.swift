internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl waitlist join`.
struct WaitlistJoin: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "join", abstract: "Put a patient on the waitlist.",
        discussion: """
            What comes free is held for the first who waits for it, and shows as the offer of the \
            entry: book the hold, or release it to wait on. When something is free already, it is \
            offered at once.


            """
                + examples(
                    "slotctl waitlist join --patient Lovelace --service Botox \\",
                    "    --from \"tomorrow 9:00\" --to \"fri 17:00\"",
                    "slotctl waitlist join --patient ref:P-7 --segment Peel:30@Kim \\",
                    "    --segment Facial --days 30 --priority 10 --offer-time 2h"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(help: "Who waits.") var patient: String
    @Option(help: "Where; not needed when there is one location, or the context has one.")
    var location: String?
    @OptionGroup var what: WhatOptions
    @OptionGroup(title: "When a start would do (default: from now on, for 14 days)")
    var when: WindowOptions
    @Option(help: "Higher comes first, -1000 to 1000.") var priority: Int32 = 0
    @Option(
        help: ArgumentHelp(
            "How long an offer is held, as in 90s, 15m, 2h; 1m to 24h.", valueName: "time"))
    var offerTime = "15m"
    @Option(help: "Free text; nothing that identifies a person.") var note = ""
    @OptionGroup var request: RequestOptions

    func validate() throws {
        guard let seconds = lengthSeconds(offerTime), (60...86_400).contains(seconds) else {
            throw ValidationError("--offer-time takes 1m to 24h, as in 90s, 15m or 2h")
        }
        guard (-1000...1000).contains(priority) else {
            throw ValidationError("--priority takes -1000 to 1000")
        }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        let place = try await session.location(location)
        let zone = try Zone(name: place.timeZone)
        let window = try when.window(session.times(in: zone), defaultDays: 14)
        var entry = Slotd_V1_WaitlistEntry()
        entry.patientID = try await session.patientID(patient)
        entry.locationID = place.id
        entry.segments = try await what.segments(session)
        entry.earliest = window.from.timestamp
        entry.latest = window.to.timestamp
        entry.priority = priority
        entry.offerSeconds = Int32(clamping: lengthSeconds(offerTime) ?? 0)
        entry.note = note
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.BookingService.joinWaitlist,
            .with {
                $0.requestID = id
                $0.entry = entry
            }, in: zone)
        session.noteReplay(reply.replayed)
        try await session.show(reply.entry, reply: reply)
    }
}
