internal import ArgumentParser

/// A command that talks to the daemon: it gets a session and need not care where it comes from,
/// which is also how tests run it.
protocol SessionCommand: AsyncParsableCommand {
    var global: GlobalOptions { get }
    func run(_ session: Session) async throws(CommandFailure)
}

extension SessionCommand {
    func run() async throws {
        let session = try Session.open(global)
        do {
            try await run(session)
        } catch {
            await session.api.transport.close()
            throw error
        }
        await session.api.transport.close()
    }
}

/// The examples of a command's help: what to type. A line of more than 76 columns would be wrapped.
func examples(_ lines: String...) -> String {
    "EXAMPLES:\n" + lines.map { "  " + $0 }.joined(separator: "\n")
        + "\n\n--server, --org, -o and other global options: slotctl --help"
}
