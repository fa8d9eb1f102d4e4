internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl service show`.
struct ServiceShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one service.",
        discussion: examples(
            "slotctl service show Botox"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(
        help: "Its id, ref:REFERENCE, name, or the unique beginning of the name.",
        completion: .services)
    var service: String

    func run(_ session: Session) async throws(CommandFailure) {
        let record = try await session.service(service)
        let reply = Slotd_V1_GetServiceResponse.with { $0.service = record }
        let names = try await session.directoryOfCatalog()
        try session.output.single(record, as: .service, reply: reply, names)
    }
}
