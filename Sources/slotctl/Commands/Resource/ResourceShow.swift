internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl resource show`.
struct ResourceShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one room or device.",
        discussion: examples(
            "slotctl resource show ref:laser-1"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(
        help: "Its id, ref:REFERENCE, name, or the unique beginning of the name.",
        completion: .resources)
    var resource: String

    func run(_ session: Session) async throws(CommandFailure) {
        let record = try await session.resource(resource)
        let reply = Slotd_V1_GetResourceResponse.with { $0.resource = record }
        let names = try await session.directoryOfLocations()
        try session.output.single(record, as: .resource, reply: reply, names)
    }
}
