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
    @Option(
        help: ArgumentHelp(
            "Kinds whose neighbors may share the longer of two buffers: none, or some of "
                + "provider, room and device, as in room+device.",
            valueName: "kinds"))
    var sharedBuffers: String?
    @Option(help: "What becomes of a visit while its patient has another: warn, refuse or allow.")
    var patientOverlap: String?
    @Option(help: "Whether providers work in their own hours even where the location is closed.")
    var providersMayExtendHours: Bool?

    func apply(to record: inout Slotd_V1_Organization) throws(CommandFailure) {
        if let sharedBuffers {
            record.sharedBuffers = []
            for word in sharedBuffers.split(separator: "+") where word != "none" {
                record.sharedBuffers.append(try .init(word: String(word), for: "kind"))
            }
        }
        if let patientOverlap {
            record.patientOverlap = try .init(word: patientOverlap, for: "patient overlap")
        }
        if let providersMayExtendHours {
            record.providersMayExtendHours = providersMayExtendHours
        }
        if let name { record.name = name }
        if let reference { record.externalRef = reference }
        if let proceduresPerSegment { record.activeProceduresPerSegment = proceduresPerSegment }
        if let noShowGrace { record.noShowGraceMinutes = noShowGrace }
    }
}
