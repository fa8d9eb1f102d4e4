internal import ArgumentParser
internal import Foundation
internal import SlotdAPI
internal import SwiftProtobuf

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

/// What commands take that destroy something. Who goes on must type a name: a key that is pressed
/// from habit is no confirmation.
struct ConfirmationOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Do not ask. Needed where nobody can answer.")
    var yes = false

    /// Fails at once when nobody can be asked, before anything is sent.
    func check(_ session: Session) throws(CommandFailure) {
        guard yes || session.terminal.isInteractive else {
            throw .declined("this needs a confirmation, and nobody can be asked: add --yes")
        }
    }

    /// Says what is about to happen and asks for the name; anything else ends the command. Letter
    /// case does not matter.
    func confirm(
        _ deed: String, typing name: String, _ session: Session
    ) throws(CommandFailure) {
        if yes { return }
        let name = plainText(name)
        session.prompter.say(deed)
        guard let answer = session.prompter.ask("Type “\(name)” to go on:") else {
            throw .declined("nothing was changed")
        }
        guard answer.lowercased() == name.lowercased() else {
            throw .declined("that was not “\(name)”; nothing was changed")
        }
    }

    /// Asks for the name of a booking's patient.
    func confirm(
        _ verb: String, booking id: String, _ session: Session
    ) async throws(CommandFailure) {
        if yes { return }
        let booking = try await session.api.call(
            Methods.BookingService.getBooking, .with { $0.id = id }
        ).booking
        let patient = try await session.patient(booking.patientID)
        try confirm(
            "\(verb) \(plainText(patient.name)), \(booking.localTimes).", typing: patient.name,
            session)
    }

    /// Asks for the name of a procedure's patient, or for its id's end while it has none.
    func confirm(
        _ deed: String, procedure id: String, _ session: Session
    ) async throws(CommandFailure) {
        if yes { return }
        let procedure = try await session.api.call(
            Methods.ProcedureService.getProcedure, .with { $0.id = id }
        ).procedure
        guard !procedure.patientID.isEmpty else {
            return try confirm("\(deed).", typing: String(procedure.id.suffix(5)), session)
        }
        let patient = try await session.patient(procedure.patientID)
        try confirm(
            "\(deed), of \(plainText(patient.name)).", typing: patient.name, session)
    }
}
