internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl provider show`.
struct ProviderShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one provider.",
        discussion: examples(
            "slotctl provider show Kim -o json"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(
        help: "Its id, ref:REFERENCE, name, or the unique beginning of the name.",
        completion: .providers)
    var provider: String

    func run(_ session: Session) async throws(CommandFailure) {
        let record = try await session.provider(provider)
        let reply = Slotd_V1_GetProviderResponse.with { $0.provider = record }
        let names = try await session.directoryOfCatalog()
        try session.output.single(record, as: .provider, reply: reply, names)
    }
}
