internal import ArgumentParser

/// `slotctl provider`.
struct ProviderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provider", abstract: "Those who perform services.",
        subcommands: [
            ProviderCreate.self, ProviderShow.self, ProviderList.self, ProviderUpdate.self,
        ])
}
