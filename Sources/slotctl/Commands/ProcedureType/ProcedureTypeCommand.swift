internal import ArgumentParser

/// `slotctl procedure-type`.
struct ProcedureTypeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "procedure-type", abstract: "Kinds of procedures.",
        subcommands: [
            ProcedureTypeCreate.self, ProcedureTypeShow.self, ProcedureTypeList.self,
            ProcedureTypeUpdate.self,
        ])
}
