internal import ArgumentParser

/// `slotctl org`.
struct OrganizationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "org", abstract: "Organizations, which share nothing.",
        subcommands: [
            OrganizationCreate.self, OrganizationShow.self, OrganizationList.self,
            OrganizationUpdate.self,
        ])
}
