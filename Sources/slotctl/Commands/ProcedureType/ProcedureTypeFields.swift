internal import ArgumentParser
internal import SlotdAPI

/// The flags of a procedure type.
struct ProcedureTypeFields: ParsableArguments {
    @Option(help: "Its name.") var name: String?
    @Option(
        help: "A service that leads to it; may be given several times. Replaces all.",
        completion: .services)
    var service: [String] = []
    @Option(help: "Steps of the wizard, patient and booking included: 2 to 64.") var steps: Int32?
    @Option(help: "Whether a physician's permission is needed.") var mdRequired: Bool?
    @Option(name: .customLong("ref"), help: "Your own name of it.") var reference: String?
    @Option(help: "Whether it is archived: not offered any more.") var archived: Bool?

    func apply(
        to record: inout Slotd_V1_ProcedureType, _ session: Session
    ) async throws(CommandFailure) {
        if let name { record.name = name }
        if let reference { record.externalRef = reference }
        if let steps { record.stepCount = steps }
        if let mdRequired { record.mdRequired = mdRequired }
        if let archived { record.archived = archived }
        guard !service.isEmpty else { return }
        record.serviceIds = []
        for name in service { record.serviceIds.append(try await session.service(name).id) }
    }
}
