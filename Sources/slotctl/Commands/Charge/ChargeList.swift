internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl charge list`.
struct ChargeList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List charges in the order in which they were planned.",
        discussion: examples(
            "slotctl charge list --status billable",
            "slotctl charge list --booking sn02q -o json"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @OptionGroup var conditions: ChargeConditions
    @Option(help: "At most so many.") var limit = 1000

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit takes 1 or more") }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        let filter = try await conditions.filter(session)
        let found = try await session.api.pages(limit: limit) {
            size, token
                async
                throws(CommandFailure) in
            let reply = try await session.api.call(
                Methods.BillingService.listCharges,
                .with {
                    $0.pageSize = size
                    $0.pageToken = token
                    $0.filter = filter
                })
            return (reply.charges, reply.nextPageToken)
        }
        try session.output.list(found.records, as: .charge)
        if found.isTruncated { session.output.note("There are more; --limit goes on.") }
    }
}
