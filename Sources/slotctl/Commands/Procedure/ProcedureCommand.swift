internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl procedure`.
struct ProcedureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "procedure", abstract: "Procedures, and the bookings that they belong to.",
        subcommands: [
            ProcedureAttach.self, ProcedureStart.self, ProcedureNew.self, ProcedureDetach.self,
            ProcedureCreateAndAttach.self, ProcedureAttachable.self, ProcedureShow.self,
            ProcedureHistory.self, ProcedureList.self, ProcedureSaveStep.self, ProcedureSubmit.self,
            ProcedureComplete.self, ProcedureSign.self, ProcedureReattach.self,
            ProcedureCancel.self, ProcedureMarkError.self,
        ])
}

extension Session {
    /// Shows a procedure with the names that it mentions, and after it what else there is to say.
    func show(
        _ procedure: Slotd_V1_Procedure, reply: some Message, booking: Slotd_V1_Booking? = nil
    ) async throws(CommandFailure) {
        var more: [String] = []
        if output.format.isForPeople, let booking, !booking.id.isEmpty {
            let directory = try await directory(bookings: [booking])
            more = [
                "",
                output.paint.dim("its booking: ") + booking.localTimes + ", "
                    + plainText(directory.names(booking.serviceIDs)) + ", "
                    + plainText(directory.names(booking.providerIDs)) + ", "
                    + plainText(directory.name(booking.locationID)) + ", "
                    + output.paint(booking.stage.label, booking.stage.tone),
            ]
        }
        try output.single(
            procedure, as: .procedure, reply: reply,
            try await directory(procedures: [procedure]), more: more)
    }

    /// Says what is odd about an attachment and was let pass.
    func note(warnings: [Slotd_V1_Reason]) {
        for warning in warnings {
            let meaning = ReasonText(warning)?.meaning ?? warning.word
            output.note("Note: \(meaning)")
        }
    }
}

/// How the procedure will be filled in, on the command line.
enum ViewArgument: String, CaseIterable, ExpressibleByArgument {
    case multiPage = "multi-page"
    case singlePage = "single-page"

    var view: Slotd_V1_ProcedureView {
        switch self {
        case .multiPage: .multiPage
        case .singlePage: .singlePage
        }
    }
}
