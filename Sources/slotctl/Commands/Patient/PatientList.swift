internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl patient list`.
struct PatientList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List patients.",
        discussion: examples(
            "slotctl patient list",
            "slotctl patient list lov",
            "slotctl patient list -o csv > patients.csv"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Only with a word of the name, or a reference, that begins so.")
    var prefix = ""
    @OptionGroup var list: ListOptions

    func run(_ session: Session) async throws(CommandFailure) {
        try await session.list(
            list, as: .patient, Methods.PatientService.listPatients, .with { $0.prefix = prefix })
    }
}
