internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl resource create`.
struct ResourceCreate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a room or device.",
        discussion: examples(
            "slotctl resource create --name \"Room 1\" --kind room --pool room \\",
            "    --location Downtown",
            "slotctl resource create --name \"Laser 1\" --kind device --ref laser-1 \\",
            "    --location Downtown --outage \"2026-12-01 08:00..2026-12-01 12:00\""))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @OptionGroup var fields: ResourceFields
    @OptionGroup var json: JSONOptions
    @OptionGroup var request: RequestOptions

    func run(_ session: Session) async throws(CommandFailure) {
        var record: Slotd_V1_Resource = try json.message() ?? .init()
        try await fields.apply(to: &record, session)
        if record.locationID.isEmpty { record.locationID = try await session.location(nil).id }
        let new = record
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.CatalogService.createResource,
            .with {
                $0.requestID = id
                $0.resource = new
            })
        session.noteReplay(reply.replayed)
        let names = try await session.directoryOfLocations()
        try session.output.single(reply.resource, as: .resource, reply: reply, names)
    }
}
