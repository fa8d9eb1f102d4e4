internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// The flags of a service that most services leave alone.
struct ServiceRuleFields: ParsableArguments {
    @Option(help: "What the steps are counted from: clock, window, gap or flush.")
    var anchor: String?
    @Option(
        help: ArgumentHelp(
            "What differs with a provider, at a location, or both, as in "
                + "“provider=Kim,durations=30+45”; besides: location, before, after, step, "
                + "offset, notice, horizon, anchor, inside-hours, processing, finishing, phases, "
                + "capacity, capacity-rule, daily-cap, assignment. May be given several times, and "
                + "is added.",
            valueName: "settings"))
    var variant: [String] = []
    @Flag(help: "Take all variants away first.") var clearVariants = false
    @Option(
        help: ArgumentHelp(
            "What its location's defaults say, not the service: some of before, after, step, "
                + "offset, notice, horizon, anchor, inside-hours and assignment, as in "
                + "step+notice.",
            valueName: "fields"))
    var unset: String?
    @Option(help: "Whether the buffers must lie within hours, as the visit must.")
    var buffersInsideHours: Bool?
    @Option(help: "Minutes of the duration in which the treatment works by itself.")
    var processing: Int32?
    @Option(help: "Minutes of the duration at its very end.") var finishing: Int32?
    @Option(
        help: ArgumentHelp(
            "When the provider is busy: all, or some of preparation, core, processing, finishing "
                + "and turnover, as in core+finishing.",
            valueName: "phases"))
    var providerPhases: String?
    @Option(
        help: ArgumentHelp(
            "What else it takes: pool:room, “resource:Laser 1”, or provider:Kim+Jones for one "
                + "more of them; then “,quantity=2” or “,phases=core+finishing”; may be given "
                + "several times, and is added.",
            valueName: "what"))
    var requires: [String] = []
    @Flag(help: "Take all that it requires away first.") var clearRequires = false
    @Option(help: "Bookings that may start on one local date at a location; 0: any number.")
    var dailyCap: Int32?
    @Option(help: "Bookings that a provider can serve at a time.") var capacity: Int32?
    @Option(help: "How they share the provider: same-start or any-overlap.")
    var capacityRule: String?
    @Option(
        help: ArgumentHelp(
            "Who gets a booking that names nobody: least-busy-day, first-fit or "
                + "same-as-last-visit."))
    var assignment: String?

    func apply(
        to record: inout Slotd_V1_Service, _ session: Session
    ) async throws(CommandFailure) {
        if let unset { try record.leaveToDefaults(unset) }
        if let anchor { record.anchor = try .init(word: anchor, for: "anchor") }
        if let buffersInsideHours { record.buffersInsideHours = buffersInsideHours }
        if let processing { record.processingMinutes = processing }
        if let finishing { record.finishingMinutes = finishing }
        if let providerPhases {
            let words = providerPhases.split(separator: "+").map(String.init)
            record.providerPhases = try .init(words: words, for: "phase")
        }
        if let dailyCap { record.dailyCap = dailyCap }
        if let capacity { record.capacity = capacity }
        if let capacityRule {
            record.capacityRule = try .init(word: capacityRule, for: "capacity rule")
        }
        if let assignment { record.assignment = try .init(word: assignment, for: "assignment") }
        if clearVariants { record.variants = [] }
        for text in variant {
            let variant = try await Slotd_V1_ServiceVariant(text, session)
            record.variants.removeAll {
                $0.providerID == variant.providerID && $0.locationID == variant.locationID
            }
            record.variants.append(variant)
        }
        if clearRequires { record.requirements = [] }
        for text in requires {
            record.requirements.append(try await Self.requirement(text, session))
        }
    }

    private static func requirement(
        _ text: String, _ session: Session
    ) async throws(CommandFailure) -> Slotd_V1_Requirement {
        var settings = try SettingText(text)
        let words = settings.subject.split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        var requirement = Slotd_V1_Requirement()
        switch words.first {
        case "pool" where words.count == 2: requirement.pool = String(words[1])
        case "resource" where words.count == 2:
            requirement.resourceID = try await session.resource(String(words[1])).id
        case "provider" where words.count == 2:
            for name in words[1].split(separator: "+") {
                requirement.providerIds.append(try await session.provider(String(name)).id)
            }
        default:
            throw .usage(
                "“\(text)” is no requirement: write pool:room, “resource:Laser 1” or "
                    + "provider:Kim+Jones")
        }
        if let quantity = try settings.takeNumber("quantity") { requirement.quantity = quantity }
        requirement.phases = try .init(words: settings.takeList("phases"), for: "phase")
        try settings.checkAllTaken()
        return requirement
    }
}
