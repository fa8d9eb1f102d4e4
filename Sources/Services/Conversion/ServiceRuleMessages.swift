internal import Scheduling
internal import SlotdAPI

// The rules that every level may say of a service, from message to value, and back.

extension ServiceDefaults {
    /// What a message says, each rule in its range.
    init(_ message: some ServiceRulesMessage, _ field: String) throws(Rejection) {
        self.init()
        if message.hasBufferBeforeMinutes {
            bufferBefore = try number(
                message.bufferBeforeMinutes, "\(field).buffer_before_minutes", 0...1440)
        }
        if message.hasBufferAfterMinutes {
            bufferAfter = try number(
                message.bufferAfterMinutes, "\(field).buffer_after_minutes", 0...1440)
        }
        if message.hasStepMinutes {
            step = try number(message.stepMinutes, "\(field).step_minutes", 1...1440)
        }
        if message.hasStepOffsetMinutes {
            stepOffset = try number(
                message.stepOffsetMinutes, "\(field).step_offset_minutes", 0...1439)
        }
        if message.hasNoticeMinutes {
            notice = try number(message.noticeMinutes, "\(field).notice_minutes", 0...525_600)
        }
        if message.hasHorizonDays {
            horizonDays = try number(message.horizonDays, "\(field).horizon_days", 0...36600)
        }
        anchor = try enumeration(message.anchor.rawValue, "\(field).anchor", as: StartAnchor.self)
        if message.hasBuffersInsideHours { keepsBuffersInHours = message.buffersInsideHours }
        assignment = try enumeration(
            message.assignment.rawValue, "\(field).assignment", as: AssignmentPolicy.self)
    }
}

extension ServiceRulesMessage {
    /// Says what the rules say, and nothing of what they leave.
    mutating func say(_ rules: ServiceDefaults) {
        if let minutes = rules.bufferBefore { bufferBeforeMinutes = minutes }
        if let minutes = rules.bufferAfter { bufferAfterMinutes = minutes }
        if let minutes = rules.step { stepMinutes = minutes }
        if let minutes = rules.stepOffset { stepOffsetMinutes = minutes }
        if let minutes = rules.notice { noticeMinutes = minutes }
        if let days = rules.horizonDays { horizonDays = days }
        if let anchor = rules.anchor { self.anchor = Slotd_V1_StartAnchor(anchor) }
        if let keeps = rules.keepsBuffersInHours { buffersInsideHours = keeps }
        if let policy = rules.assignment { assignment = Slotd_V1_AssignmentPolicy(policy) }
    }
}

extension Slotd_V1_ServiceDefaults {
    init(_ rules: ServiceDefaults) {
        self.init()
        say(rules)
    }
}
