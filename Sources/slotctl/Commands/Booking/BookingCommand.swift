internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl booking`.
struct BookingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "booking", abstract: "Patients' visits.",
        subcommands: [
            BookingCreate.self, BookingCreateGroup.self, BookingShow.self,
            BookingHistory.self, BookingList.self, BookingWatch.self, BookingMove.self,
            BookingReschedule.self, BookingRescheduleGroup.self, BookingCancel.self,
            BookingUndo.self, BookingArchive.self,
            BookingRestore.self, BookingDelete.self, BookingDeposit.self,
        ])
}

extension Session {
    /// Shows one booking, with the names that it mentions.
    func show(_ booking: Slotd_V1_Booking, reply: some Message) async throws(CommandFailure) {
        let directory = try await directory(bookings: [booking])
        try output.single(booking, as: .booking, reply: reply, directory)
    }

    /// Says on a terminal that a reply is that of an earlier call.
    func noteReplay(_ isReplayed: Bool) {
        if isReplayed { output.note("This was done before, by the same request id.") }
    }
}
