internal import ArgumentParser
internal import SlotdAPI

/// The flags of a service.
struct ServiceFields: ParsableArguments {
    @Option(help: "Its name.") var name: String?
    @Option(help: "Minutes; may be given several times, the first is the default. Replaces all.")
    var duration: [Int32] = []
    @Option(help: "Minutes kept free before the visit.") var before: Int32?
    @Option(help: "Minutes kept free after the visit.") var after: Int32?
    @Option(help: "Starts are offered at multiples of so many minutes.") var step: Int32?
    @Option(help: "Minutes by which the starts are shifted from those multiples.")
    var stepOffset: Int32?
    @Option(help: "Minutes that a start must lie ahead.") var notice: Int32?
    @Option(help: "Days that can be booked ahead.") var horizonDays: Int32?
    @Option(
        help: "Who performs it; may be given several times. Replaces all.", completion: .providers)
    var provider: [String] = []
    @Option(help: "Who performs it too; may be given several times.", completion: .providers)
    var addProvider: [String] = []
    @Option(name: .customLong("ref"), help: "Your own name of it.") var reference: String?
    @Option(help: "Whether it is archived: not offered any more.") var archived: Bool?
    @Option(
        help: ArgumentHelp(
            "What is charged for it, in cents or the like, as in 12000:USD; none: nothing.",
            valueName: "minor:currency"))
    var price: String?
    @Option(help: "What the bill knows it by; only with a price.") var billingCode: String?
    @OptionGroup var rules: ServiceRuleFields

    func apply(
        to record: inout Slotd_V1_Service, _ session: Session
    ) async throws(CommandFailure) {
        if let name { record.name = name }
        if let reference { record.externalRef = reference }
        if !duration.isEmpty { record.durationsMinutes = duration }
        if let before { record.bufferBeforeMinutes = before }
        if let after { record.bufferAfterMinutes = after }
        if let step { record.stepMinutes = step }
        if let stepOffset { record.stepOffsetMinutes = stepOffset }
        if let notice { record.noticeMinutes = notice }
        if let horizonDays { record.horizonDays = horizonDays }
        if let archived { record.archived = archived }
        if price == "none" {
            record.clearPrice()
            record.billingCode = ""
        } else if let price {
            record.price = try .init(words: price)
        }
        if let billingCode { record.billingCode = billingCode }
        if !provider.isEmpty { record.providerIds = [] }
        for name in provider + addProvider {
            let id = try await session.provider(name).id
            if !record.providerIds.contains(id) { record.providerIds.append(id) }
        }
        try await rules.apply(to: &record, session)
    }
}
