internal import SlotdAPI

// The rules that every level may say of a service, in settings as in “notice=120,anchor=gap”.

extension ServiceRulesMessage {
    /// Takes the rules out of the settings; those that they do not name stay.
    mutating func takeRules(_ settings: inout SettingText) throws(CommandFailure) {
        if let minutes = try settings.takeNumber("before") { bufferBeforeMinutes = minutes }
        if let minutes = try settings.takeNumber("after") { bufferAfterMinutes = minutes }
        if let minutes = try settings.takeNumber("step") { stepMinutes = minutes }
        if let minutes = try settings.takeNumber("offset") { stepOffsetMinutes = minutes }
        if let minutes = try settings.takeNumber("notice") { noticeMinutes = minutes }
        if let days = try settings.takeNumber("horizon") { horizonDays = days }
        if let word = settings.take("anchor") { anchor = try .init(word: word, for: "anchor") }
        if let keeps = try settings.takeFlag("inside-hours") { buffersInsideHours = keeps }
        if let word = settings.take("assignment") {
            assignment = try .init(word: word, for: "assignment")
        }
    }

    /// What is said, each rule as the command line takes it.
    var ruleTexts: [String] {
        var parts: [String] = []
        if hasBufferBeforeMinutes { parts.append("before=\(bufferBeforeMinutes)") }
        if hasBufferAfterMinutes { parts.append("after=\(bufferAfterMinutes)") }
        if hasStepMinutes { parts.append("step=\(stepMinutes)") }
        if hasStepOffsetMinutes { parts.append("offset=\(stepOffsetMinutes)") }
        if hasNoticeMinutes { parts.append("notice=\(noticeMinutes)") }
        if hasHorizonDays { parts.append("horizon=\(horizonDays)") }
        if anchor != .unspecified { parts.append("anchor=\(anchor.word)") }
        if hasBuffersInsideHours { parts.append("inside-hours=\(buffersInsideHours)") }
        if assignment != .unspecified { parts.append("assignment=\(assignment.word)") }
        return parts
    }
}
