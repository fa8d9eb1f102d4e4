internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

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
    @Option(
        help: ArgumentHelp(
            "Minutes after which a card calls for attention, as in check-in=20; may be given "
                + "several times. Replaces all; none: no stage does.",
            valueName: "stage=minutes"))
    var stageAlert: [String] = []
    @Option(help: "Minutes after its start at which a missed booking becomes a no-show; 0: never.")
    var noShowSweep: Int32?
    @Option(help: "Whether a visit that ends early gives the rest of its time back.")
    var earlyFinishFrees: Bool?
    @Option(help: "Whether a booking of another type's service cannot be attached at all.")
    var refuseWrongService: Bool?
    @Option(help: "Whether a card may come to In Procedure without a procedure.")
    var procedureOptional: Bool?
    @Option(
        help: ArgumentHelp(
            "What a cancellation costs as a rule, in cents or the like, as in 2500:USD.",
            valueName: "minor:currency"))
    var cancellationFee: String?
    @Option(
        help: ArgumentHelp(
            "What counts where neither a service nor its location says it, as in "
                + "“notice=120,step=10”: before, after, step, offset, notice, horizon, anchor, "
                + "inside-hours and assignment. May be given several times, and is added.",
            valueName: "settings"))
    var defaults: [String] = []
    @Flag(help: "Take all defaults away first.") var clearDefaults = false
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
        if clearDefaults { record.clearDefaults() }
        for text in defaults { try record.defaults.apply(text) }
        try applyStages(to: &record)
        if let name { record.name = name }
        if let reference { record.externalRef = reference }
        if let proceduresPerSegment { record.activeProceduresPerSegment = proceduresPerSegment }
        if let noShowGrace { record.noShowGraceMinutes = noShowGrace }
    }

    private func applyStages(to record: inout Slotd_V1_Organization) throws(CommandFailure) {
        if !stageAlert.isEmpty { record.stageAlerts = [] }
        for word in stageAlert where word != "none" {
            let parts = word.split(separator: "=")
            guard parts.count == 2, let stage = Slotd_V1_Stage(word: String(parts[0])),
                let minutes = Int32(parts[1])
            else { throw .usage("--stage-alert \(word): give STAGE=MINUTES") }
            record.stageAlerts.append(
                .with {
                    $0.stage = stage
                    $0.minutes = minutes
                })
        }
        if let noShowSweep { record.noShowSweepMinutes = noShowSweep }
        if let earlyFinishFrees { record.earlyFinishFrees = earlyFinishFrees }
        if let refuseWrongService { record.refuseWrongService = refuseWrongService }
        if let procedureOptional { record.procedureOptional = procedureOptional }
        if let cancellationFee { record.cancellationFee = try .init(words: cancellationFee) }
    }
}

extension Slotd_V1_Money {
    /// Reads an amount in the smallest unit, as in `2500:USD`.
    init(words: String) throws(CommandFailure) {
        let parts = words.split(separator: ":")
        guard parts.count == 2, let minor = Int64(parts[0]) else {
            throw .usage("\(words) is no amount: give it in cents or the like, as in 2500:USD")
        }
        self.init()
        self.minor = minor
        currency = String(parts[1])
    }
}
