internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl location create`.
struct LocationCreate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a location.",
        discussion: examples(
            "slotctl location create --name Downtown --time-zone America/New_York \\",
            "    --hours \"mon-fri 09:00-17:00\" --hours \"sat 10:00-14:00\""))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @OptionGroup var fields: LocationFields
    @OptionGroup var json: JSONOptions
    @OptionGroup var request: RequestOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var record: Slotd_V1_Location = try json.message() ?? .init()
        try await fields.apply(to: &record, session)
        let new = record
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.CatalogService.createLocation,
            .with {
                $0.requestID = id
                $0.location = new
            })
        session.noteReplay(reply.replayed)
        try session.output.single(reply.location, as: .location, reply: reply)
    }
}
