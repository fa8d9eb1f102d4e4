internal import ArgumentParser

/// `slotctl service`.
struct ServiceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service", abstract: "What can be booked.",
        subcommands: [
            ServiceCreate.self, ServiceShow.self, ServiceList.self, ServiceUpdate.self,
        ])
}
