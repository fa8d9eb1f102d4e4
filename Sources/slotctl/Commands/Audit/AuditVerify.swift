internal import ArgumentParser
internal import Foundation
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl audit verify`.
struct AuditVerify: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that nothing in the trail was changed, moved, taken out or cut off.",
        discussion: """
            The daemon reads the whole trail and compares all bookings. Who can write to its files \
            can make them agree with one another, but not with an anchor that was kept somewhere \
            else: give those that slotctl audit anchor printed. Exits with 7 when there is a \
            finding.


            """
                + examples(
                    "slotctl audit verify",
                    "slotctl audit verify --anchor-file /mnt/elsewhere/anchors"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(help: ArgumentHelp("An anchor. Repeatable.", valueName: "line"))
    var anchor: [String] = []
    @Option(help: ArgumentHelp("A file of anchors, a line each. Repeatable.", valueName: "file"))
    var anchorFile: [String] = []

    func run(_ session: Session) async throws(CommandFailure) {
        var anchors = anchor
        for file in anchorFile { anchors += try Self.read(file) }
        let reply = try await session.api.call(
            Methods.AdminService.verify, .with { $0.anchors = anchors })
        let output = session.output
        switch output.format {
        case .table:
            let events = reply.events == 1 ? "1 event" : "\(reply.events) events"
            let bookings = reply.bookings == 1 ? "1 booking" : "\(reply.bookings) bookings"
            output.note(output.paint.dim("\(events) and \(bookings) checked."))
            for finding in reply.findings { output.writeLine(plainText(finding)) }
            if reply.sound { output.writeLine("sound") }
        case .json:
            let message = try JSONText.message(reply)
            output.writeLine(JSONText.indented(JSONText.versioned(message)))
        case .ndjson:
            output.writeLine(JSONText.versioned(try JSONText.message(reply)))
        case .tsv:
            for finding in reply.findings { output.writeLine(TSVText.line([finding])) }
        case .csv:
            output.writeLine(CSVText.guardedLine(["finding"]))
            for finding in reply.findings { output.writeLine(CSVText.guardedLine([finding])) }
        }
        guard !reply.sound else { return }
        let count = reply.findings.count
        throw CommandFailure(
            code: "FINDINGS", exitStatus: .findings,
            message: count == 1
                ? "1 finding: the trail is not sound"
                : "\(count) findings: the trail is not sound")
    }

    /// The lines of a file; empty ones and those that begin with # are passed over.
    private static func read(_ file: String) throws(CommandFailure) -> [String] {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw .local("--anchor-file \(file): cannot be read")
        }
        return text.split(whereSeparator: \.isNewline)
            .filter { !$0.hasPrefix("#") && !$0.allSatisfy(\.isWhitespace) }.map(String.init)
    }
}

/// `slotctl audit anchor`.
struct AuditAnchor: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "anchor", abstract: "Print the trail's last link, to be kept elsewhere.",
        discussion: """
            A line: slotd-anchor 1 ORGANIZATION REVISION LINK. With it a later check finds whether \
            anything up to here was changed or cut off. Keep it where whoever can write to the \
            daemon's files cannot write. Exits with 7 when the trail is not sound now.


            """ + examples("slotctl audit anchor >> /mnt/elsewhere/anchors"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let reply = try await session.api.call(
            Methods.AdminService.verify, Slotd_V1_VerifyRequest())
        guard reply.sound else {
            throw CommandFailure(
                code: "FINDINGS", exitStatus: .findings,
                message: "the trail is not sound: slotctl audit verify")
        }
        guard !reply.anchor.isEmpty else {
            throw .local("the trail has no links yet: they begin with the next change")
        }
        session.output.writeLine(reply.anchor)
    }
}
