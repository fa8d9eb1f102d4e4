internal import ArgumentParser
internal import SlotdAPI

/// The flags of an organization.
struct OrganizationFields: ParsableArguments {
    @Option(help: "Its name.") var name: String?
    @Option(name: .customLong("ref"), help: "Your own name of it, for --org.") var reference:
        String?
    @Option(help: "How many procedures a booking's segment may carry at once; 0: any number.")
    var proceduresPerSegment: Int32?
    @Option(help: "Minutes after its start at which a booking may become a no-show.")
    var noShowGrace: Int32?

    func apply(to record: inout Slotd_V1_Organization) {
        if let name { record.name = name }
        if let reference { record.externalRef = reference }
        if let proceduresPerSegment { record.activeProceduresPerSegment = proceduresPerSegment }
        if let noShowGrace { record.noShowGraceMinutes = noShowGrace }
    }
}
