internal import ArgumentParser
internal import Foundation
internal import SlotdAPI

/// `slotctl procedure save-step`.
struct ProcedureSaveStep: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "save-step", abstract: "Save one step of a draft's wizard.",
        discussion: """
            Step 1 takes --patient, step 2 --type (the booking has its own command, attach), later \
            steps --payload and --done: what is not given of such a step stays. Without --step \
            only --view and --consult-only are changed.


            """
                + examples(
                    "slotctl procedure save-step procedure_01h… --step 2 \\",
                    "    --type \"Botulinum toxin\"",
                    "slotctl procedure save-step procedure_01h… --step 3 --payload notes.json \\",
                    "    --done",
                    "slotctl procedure save-step procedure_01h… --consult-only"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "The procedure: its id or ref:REFERENCE.") var procedure: String
    @Option(help: "Which step, from 1; needed by --patient, --type, --payload and --done.")
    var step: Int32?
    @Option(help: "Step 1: the patient.", completion: .patients) var patient: String?
    @Option(help: "Step 2: the procedure type.", completion: .procedureTypes) var type: String?
    @Option(help: "Step 3 and later: a file of at most 65536 bytes, - for stdin.")
    var payload: String?
    @Flag(inversion: .prefixedNo, help: "Step 3 and later: the step is valid.") var done: Bool?
    @Option(help: "How it is filled in from now on.") var view: ViewArgument?
    @Flag(inversion: .prefixedNo, help: "Not for treatment or billing.") var consultOnly: Bool?
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func validate() throws {
        let needsStep = patient != nil || type != nil || payload != nil || done != nil
        if step == nil, needsStep {
            throw ValidationError("--patient, --type, --payload and --done need --step")
        }
        if step == nil, view == nil, consultOnly == nil {
            throw ValidationError("nothing to save: give --step, --view or --consult-only")
        }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        var save = Slotd_V1_SaveStepRequest()
        save.procedureID = procedure
        save.step = step ?? 0
        save.patientID = try await session.patientID(patient)
        save.procedureTypeID = try await session.procedureTypeID(type)
        if let payload { save.payload = try readInput(payload) }
        if let done { save.done = done }
        save.view = view?.view ?? .unspecified
        if let consultOnly { save.consultOnly = consultOnly }
        save.expectedVersion = version.expected
        save.requestID = request.make(session)
        let reply = try await session.api.call(Methods.ProcedureService.saveStep, save)
        session.noteReplay(reply.replayed)
        try await session.show(reply.procedure, reply: reply)
    }
}

/// The bytes of a file, or with `-` of stdin.
func readInput(_ path: String) throws(CommandFailure) -> Data {
    if path == "-" { return FileHandle.standardInput.readDataToEndOfFile() }
    guard let bytes = FileManager.default.contents(atPath: path) else {
        throw .local("\(path) cannot be read")
    }
    return bytes
}
