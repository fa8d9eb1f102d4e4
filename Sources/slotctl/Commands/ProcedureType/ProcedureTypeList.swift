internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl procedure-type list`.
struct ProcedureTypeList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List procedure types.",
        discussion: examples(
            "slotctl procedure-type list",
            "slotctl procedure-type list --archived -o csv"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Flag(help: "Also those that are archived.") var archived = false
    @OptionGroup var list: ListOptions

    func run(_ session: Session) async throws(CommandFailure) {
        try await session.list(
            list, as: .procedureType, Methods.CatalogService.listProcedureTypes,
            .with { $0.showArchived = archived })
    }
}
