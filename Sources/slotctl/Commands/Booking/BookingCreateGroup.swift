internal import ArgumentParser
internal import Foundation
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl booking create-group`.
struct BookingCreateGroup: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "create-group", abstract: "Book several visits together, or none of them.",
        discussion: """
            The file has a line for each visit: a GroupMember of the API as JSON, with ids or \
            ref:REFERENCE. Each is decided on as if those above it stood already. For example:

              {"patientId": "ref:P-17", "booking": {"locationId": "ref:mid",
              "serviceId": "ref:BTX", "start": "2026-11-24T14:00:00Z"}}

            with each visit on one line.


            """
                + examples(
                    "slotctl booking create-group --file friends.ndjson",
                    "slotctl booking create-group --file - < friends.ndjson"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(help: ArgumentHelp("The visits; - for standard input.", valueName: "path"))
    var file: String
    @OptionGroup var request: RequestOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let members = try Self.members(try Self.text(of: file))
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.BookingService.createBookingGroup,
            .with {
                $0.requestID = id
                $0.members = members
            })
        session.noteReplay(reply.replayed)
        session.output.note("Group \(reply.groupID)")
        try session.output.list(
            reply.bookings, as: .booking, try await session.directory(bookings: reply.bookings),
            extras: [("groupId", JSONText.quoted(reply.groupID))])
    }

    private static func text(of path: String) throws(CommandFailure) -> String {
        do {
            let data =
                path == "-"
                ? try FileHandle.standardInput.readToEnd() ?? Data()
                : try Data(contentsOf: URL(filePath: path))
            return String(decoding: data, as: UTF8.self)
        } catch {
            throw .local("\(path) cannot be read: \(error.localizedDescription)")
        }
    }

    /// The members in some lines; empty lines are passed over.
    static func members(_ text: String) throws(CommandFailure) -> [Slotd_V1_GroupMember] {
        var members: [Slotd_V1_GroupMember] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated() where !line.allSatisfy(\.isWhitespace)
        {
            do {
                members.append(try Slotd_V1_GroupMember(jsonString: String(line)))
            } catch {
                throw .usage("line \(number + 1) is no visit of a group: \(error)")
            }
        }
        return members
    }
}
