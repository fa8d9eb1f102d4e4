internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl location show`.
struct LocationShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one location.",
        discussion: examples(
            "slotctl location show Downtown"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(
        help: "Its id, ref:REFERENCE, name, or the unique beginning of the name.",
        completion: .locations)
    var location: String

    func run(_ session: Session) async throws(CommandFailure) {
        let record = try await session.location(location)
        let reply = Slotd_V1_GetLocationResponse.with { $0.location = record }
        try session.output.single(record, as: .location, reply: reply)
    }
}
