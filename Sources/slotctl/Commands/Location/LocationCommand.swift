internal import ArgumentParser

/// `slotctl location`.
struct LocationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "location", abstract: "Clinics.",
        subcommands: [
            LocationCreate.self, LocationShow.self, LocationList.self, LocationUpdate.self,
        ])
}
