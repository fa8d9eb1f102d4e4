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
    @OptionGroup var list: ListOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let filter = try await conditions.filter(session)
        try await session.list(
            list, as: .charge, Methods.BillingService.listCharges, .with { $0.filter = filter })
    }
}
