internal import SlotdAPI
internal import SwiftProtobuf

/// The dialogue of `procedure attach`: patient, draft, booking, each skipped when it is known.
/// Every step can be quit, and nothing is changed before its step's choice is made.
struct AttachDialogue: Sendable {
    let session: Session
    let request: RequestOptions
    let advancesStage: Bool
    var patientName: String?
    var procedureName: String?
    var bookingName: String?
    var locationName: String?

    var prompter: Prompter { session.prompter }

    static let quit = CommandFailure.declined("nothing was attached")

    func run() async throws(CommandFailure) {
        let draft = try await chooseDraft()
        let type = try await typeName(draft)
        prompter.tell("Draft: " + type + ", " + draft.wizard)
        guard draft.status == .draft else {
            throw .local("only a draft takes a booking; this procedure is \(draft.status.word)")
        }
        try await attach(to: draft)
    }

    // MARK: Patient

    /// Asks for the beginning of a name until a patient is chosen.
    private func choosePatient() async throws(CommandFailure) -> Slotd_V1_Patient {
        if let patientName { return try await session.patient(patientName) }
        guard var prefix = prompter.ask("Patient (beginning of a name):") else { throw Self.quit }
        while true {
            if prefix.lowercased() == "q" { throw Self.quit }
            let found = try await session.patients(prefix: prefix, limit: 15)
            if found.records.isEmpty {
                prompter.say(prompter.paint.dim("Nobody's name begins so."))
                guard let next = prompter.ask("Patient (beginning of a name, q to quit):") else {
                    throw Self.quit
                }
                prefix = next
                continue
            }
            let menu = Menu(
                title: "Patients" + (found.isTruncated ? ", the first 15" : ""),
                rows: found.records.map { patient in
                    .init(value: patient, cells: Self.cells(patient))
                },
                preset: found.records.count == 1 ? 1 : nil)
            switch menu.ask("Number, or more of the name", prompter, acceptsText: true) {
            case .value(let patient): return patient
            case .text(let text): prefix = text
            case .letter, .quit: throw Self.quit
            }
        }
    }

    private static func cells(_ patient: Slotd_V1_Patient) -> [Cell] {
        let date = patient.birthDate
        let born =
            patient.hasBirthDate
            ? "born \(date.year)-\(twoDigits(Int(date.month)))-\(twoDigits(Int(date.day)))" : ""
        return [Cell(patient.name), Cell(born), Cell(patient.externalRef)]
    }

    // MARK: Draft

    /// The draft that was named, or one of the patient's, or a new one.
    private func chooseDraft() async throws(CommandFailure) -> Slotd_V1_Procedure {
        if let procedureName {
            return try await session.api.call(
                Methods.ProcedureService.getProcedure, .with { $0.id = procedureName }
            ).procedure
        }
        let patient = try await choosePatient()
        let drafts = try await session.api.all(
            Methods.ProcedureService.listProcedures,
            .with {
                $0.patientID = patient.id
                $0.statuses = [.draft]
            })
        let waiting = drafts.filter { !$0.hasAttachment }
        if waiting.isEmpty {
            prompter.tell("\(plainText(patient.name)) has no draft without a booking.")
            return try await newDraft(patient)
        }
        var rows: [Menu<Slotd_V1_Procedure>.Row] = []
        for draft in drafts {
            let isWaiting = !draft.hasAttachment
            rows.append(
                .init(
                    value: isWaiting ? draft : nil,
                    cells: [
                        Cell(try await typeName(draft)), Cell(draft.wizard),
                        Cell("begun " + Self.day(draft)),
                    ],
                    remark: isWaiting ? "" : "has a booking already"))
        }
        let menu = Menu(
            title: "Drafts of \(plainText(patient.name))", rows: rows,
            letters: [("n", "a new draft")], preset: waiting.count == 1 ? 1 : nil)
        switch menu.ask("Draft", prompter) {
        case .value(let draft): return draft
        case .letter: return try await newDraft(patient)
        case .text, .quit: throw Self.quit
        }
    }

    private func newDraft(
        _ patient: Slotd_V1_Patient
    ) async throws(CommandFailure) -> Slotd_V1_Procedure {
        guard prompter.confirms("Begin a new procedure for \(plainText(patient.name))?") else {
            throw Self.quit
        }
        let id = RequestOptions.fresh(session)
        return try await session.api.call(
            Methods.ProcedureService.newProcedure,
            .with {
                $0.requestID = id
                $0.patientID = patient.id
                $0.view = .multiPage
            }
        ).procedure
    }

    private static func day(_ procedure: Slotd_V1_Procedure) -> String {
        Zone.ofThisMachine.reading(Moment(procedure.startedAt)).day.spelledOut
    }

    /// The type's name, or that it is not chosen.
    private func typeName(_ procedure: Slotd_V1_Procedure) async throws(CommandFailure) -> String {
        guard !procedure.procedureTypeID.isEmpty else { return "type not chosen" }
        let id = procedure.procedureTypeID
        let reply = try await session.api.call(
            Methods.CatalogService.getProcedureType, .with { $0.id = id })
        return plainText(reply.procedureType.name)
    }
}
