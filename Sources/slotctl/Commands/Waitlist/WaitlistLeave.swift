internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl waitlist leave`.
struct WaitlistLeave: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "leave", abstract: "Take a patient off the waitlist.",
        discussion: """
            What was offered is free again, and offered to whoever waits next.


            """
                + examples(
                    "slotctl waitlist leave waitlist_01h455vb4pex5vsknk084sn02q",
                    "slotctl waitlist leave sn02q --if-version 2"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "The entry's id, or the end of it.") var entry: String
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var entryID = entry
        if !RecordName.Kind.waitlist.isID(entry) {
            entryID = try await session.waitlistEntry(entry).id
        }
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.BookingService.leaveWaitlist,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.expected
                $0.entryID = entryID
            })
        session.noteReplay(reply.replayed)
        try await session.show(reply.entry, reply: reply)
    }
}
