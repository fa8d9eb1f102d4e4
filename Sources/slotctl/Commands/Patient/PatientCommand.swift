internal import ArgumentParser

/// `slotctl patient`.
struct PatientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patient", abstract: "Patients.",
        subcommands: [
            PatientCreate.self, PatientShow.self, PatientList.self, PatientUpdate.self,
            PatientMerge.self,
        ])
}
