internal import ArgumentParser
internal import Foundation

/// What every changing command takes.
struct RequestOptions: ParsableArguments {
    @Option(
        name: [.customLong("request-id"), .customLong("idempotency-key")],
        help: ArgumentHelp(
            "Makes repeating the command harmless: the same id gets the first reply again. Made up "
                + "when not given; -v shows it.",
            valueName: "id"))
    var requestID: String?

    /// The given id, or a new one.
    func make(_ session: Session) -> String {
        guard let requestID else { return Self.fresh(session) }
        return requestID
    }

    /// A new id, for calls that a dialogue makes besides the one that was asked for.
    static func fresh(_ session: Session) -> String {
        let id = "slotctl-" + UUID().uuidString.lowercased()
        session.trace("request id \(id)")
        return id
    }
}

/// What commands take that change an existing record.
struct VersionOptions: ParsableArguments {
    @Option(
        name: .customLong("if-version"),
        help: ArgumentHelp(
            "Only if the record still has this version; else exit 5.", valueName: "version"))
    var ifVersion: Int64?

    /// As the API has it: 0 for any.
    var expected: Int64 { ifVersion ?? 0 }
}

/// What commands take that destroy something.
struct ConfirmationOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Do not ask. Needed where nobody can answer.")
    var yes = false

    /// Fails at once when nobody can be asked, before anything is sent.
    func check(_ session: Session) throws(CommandFailure) {
        guard yes || session.terminal.isInteractive else {
            throw .declined("this needs a confirmation, and nobody can be asked: add --yes")
        }
    }

    /// Asks; anything but yes ends the command.
    func confirm(_ question: String, _ session: Session) throws(CommandFailure) {
        guard yes || session.prompter.confirms(question) else {
            throw .declined("nothing was changed")
        }
    }
}
