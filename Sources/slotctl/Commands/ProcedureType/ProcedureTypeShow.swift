internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl procedure-type show`.
struct ProcedureTypeShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one procedure type.",
        discussion: examples(
            "slotctl procedure-type show Botulinum"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(
        help: "Its id, ref:REFERENCE, name, or the unique beginning of the name.",
        completion: .procedureTypes)
    var procedureType: String

    func run(_ session: Session) async throws(CommandFailure) {
        let record = try await session.procedureType(procedureType)
        let reply = Slotd_V1_GetProcedureTypeResponse.with { $0.procedureType = record }
        try session.output.single(record, as: .procedureType, reply: reply)
    }
}
