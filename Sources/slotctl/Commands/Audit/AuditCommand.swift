internal import ArgumentParser

/// `slotctl audit`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Who changed what, when and why, and whether that is so.",
        subcommands: [AuditList.self, AuditVerify.self, AuditAnchor.self])
}
