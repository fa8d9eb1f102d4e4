internal import SlotdAPI
internal import SwiftProtobuf

// What is said of services in settings, as in “notice=120,anchor=gap”: with a provider, at a
// location, or by a location's or an organization's defaults.

extension Slotd_V1_ServiceVariant {
    /// Reads what differs with a provider, at a location, or both.
    init(_ text: String, _ session: Session) async throws(CommandFailure) {
        var settings = try SettingText(text)
        guard settings.subject.isEmpty else {
            throw .usage("“\(text)” is no variant: write provider=Kim,durations=30+45")
        }
        self.init()
        if let name = settings.take("provider") {
            providerID = try await session.provider(name).id
        }
        if let name = settings.take("location") {
            locationID = try await session.location(name).id
        }
        for word in settings.takeList("durations") {
            guard let minutes = Int32(word) else {
                throw .usage("“\(text)”: “\(word)” is no whole number")
            }
            durationsMinutes.append(minutes)
        }
        try takeRules(&settings)
        try takeOwn(&settings)
        try settings.checkAllTaken()
    }

    private mutating func takeOwn(_ settings: inout SettingText) throws(CommandFailure) {
        if let minutes = try settings.takeNumber("processing") { processingMinutes = minutes }
        if let minutes = try settings.takeNumber("finishing") { finishingMinutes = minutes }
        let phases = settings.takeList("phases")
        if phases == ["all"] {
            providerPhases = Slotd_V1_Phase.words.map(\.value)
        } else {
            providerPhases = try .init(words: phases, for: "phase")
        }
        if let capacity = try settings.takeNumber("capacity") { self.capacity = capacity }
        if let word = settings.take("capacity-rule") {
            capacityRule = try .init(word: word, for: "capacity rule")
        }
        if let cap = try settings.takeNumber("daily-cap") { dailyCap = cap }
    }
}

extension Slotd_V1_ServiceDefaults {
    /// Reads settings into what is said already.
    mutating func apply(_ text: String) throws(CommandFailure) {
        var settings = try SettingText(text)
        guard settings.subject.isEmpty else {
            throw .usage("“\(text)” says nothing: write notice=120,step=10")
        }
        try takeRules(&settings)
        try settings.checkAllTaken()
    }

    /// As the command line takes it.
    var text: String { ruleTexts.joined(separator: ",") }
}

extension Slotd_V1_Service {
    /// Takes what the service says of some fields away, so that its location's defaults count.
    mutating func leaveToDefaults(_ fields: String) throws(CommandFailure) {
        for field in fields.split(separator: "+") {
            switch field {
            case "before": clearBufferBeforeMinutes()
            case "after": clearBufferAfterMinutes()
            case "step": stepMinutes = 0
            case "offset": clearStepOffsetMinutes()
            case "notice": clearNoticeMinutes()
            case "horizon": clearHorizonDays()
            case "anchor": anchor = .unspecified
            case "inside-hours": clearBuffersInsideHours()
            case "assignment": assignment = .unspecified
            default:
                throw .usage(
                    "--unset \(fields): “\(field)” is none of before, after, step, offset, notice, "
                        + "horizon, anchor, inside-hours and assignment")
            }
        }
    }
}
