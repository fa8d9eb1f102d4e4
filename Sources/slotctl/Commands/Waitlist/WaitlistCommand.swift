internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl waitlist`.
struct WaitlistCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waitlist", abstract: "Patients who wait for a time to come free.",
        subcommands: [
            WaitlistJoin.self, WaitlistList.self, WaitlistShow.self, WaitlistLeave.self,
        ])
}

extension Session {
    /// The entry of an id, or of the end of one, whatever became of it.
    func waitlistEntry(_ name: String) async throws(CommandFailure) -> Slotd_V1_WaitlistEntry {
        guard !name.isEmpty else { throw .usage("an empty name names no waitlist entry") }
        let end = name.hasPrefix("…") ? String(name.dropFirst()) : name
        let isID = RecordName.Kind.waitlist.isID(end)
        guard isID || end.utf8.count >= 4 else { throw .unknownName("waitlist entry", name) }
        let all = try await api.all(
            Methods.BookingService.listWaitlist,
            .with { $0.statuses = Slotd_V1_WaitlistStatus.known })
        let matches = all.filter { isID ? $0.id == end : $0.id.hasSuffix(end) }
        guard matches.count == 1 else { throw .unknownName("waitlist entry", name) }
        return matches[0]
    }

    /// The names that these entries mention; empty for formats that machines read.
    func directory(
        waitlist entries: [Slotd_V1_WaitlistEntry]
    ) async throws(CommandFailure) -> Directory {
        guard output.format.isForPeople, !entries.isEmpty else { return .empty }
        var directory = try await directoryOfCatalog()
        for id in Set(entries.map(\.patientID)) {
            let reply = try await api.call(Methods.PatientService.getPatient, .with { $0.id = id })
            directory.add([reply.patient])
        }
        return directory
    }

    /// Shows one entry, and on a terminal how its offer is taken.
    func show(
        _ entry: Slotd_V1_WaitlistEntry, reply: some Message
    ) async throws(CommandFailure) {
        let directory = try await directory(waitlist: [entry])
        try output.single(entry, as: .waitlist, reply: reply, directory)
        noteOffer(entry, directory)
    }

    /// Says how an offer is taken, and what letting it go means.
    private func noteOffer(_ entry: Slotd_V1_WaitlistEntry, _ directory: Directory) {
        guard entry.status == .offered, entry.hasOffer, output.format.isForPeople else { return }
        output.note("")
        output.note("Offered: " + plainText(entry.offerWords(directory)) + ". To take it:")
        output.note(
            "  slotctl booking create --patient \(entry.patientID) --hold \(entry.offer.holdID)")
        output.note("To let it go and wait on: slotctl hold release \(entry.offer.holdID)")
    }
}

/// Where a wish stands, on the command line.
struct WaitlistStatusArgument: ExpressibleByArgument {
    let status: Slotd_V1_WaitlistStatus

    init?(argument: String) {
        let wanted = argument.lowercased()
        guard let status = Slotd_V1_WaitlistStatus.known.first(where: { $0.word == wanted }) else {
            return nil
        }
        self.status = status
    }

    static var allValueStrings: [String] { Slotd_V1_WaitlistStatus.known.map(\.word) }
    static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}
