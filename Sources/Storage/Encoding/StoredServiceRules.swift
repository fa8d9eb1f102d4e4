internal import Scheduling
internal import WireFormat

// The rules that every level may say of a service, as the journal and the tables have them.

/// A stored message with the rules. What is not said is absent, and 0 of the anchor and the
/// assignment; but see `StoredService`.
protocol StoredServiceRules {
    var bufferBefore: Int32 { get }
    var hasBufferBefore: Bool { get }
    var bufferAfter: Int32 { get }
    var hasBufferAfter: Bool { get }
    var step: Int32 { get }
    var hasStep: Bool { get }
    var stepOffset: Int32 { get }
    var hasStepOffset: Bool { get }
    var notice: Int32 { get }
    var hasNotice: Bool { get }
    var horizonDays: Int32 { get }
    var hasHorizonDays: Bool { get }
    var anchor: UInt32 { get }
    var hasAnchor: Bool { get }
    var keepsBuffersInHours: Bool { get }
    var hasKeepsBuffersInHours: Bool { get }
    var assignment: UInt32 { get }
    var hasAssignment: Bool { get }
}

extension StoredServiceRules {
    var hasAnchor: Bool { anchor != 0 }
    var hasAssignment: Bool { assignment != 0 }

    func rules() throws(MalformedRecord) -> Scheduling.ServiceDefaults {
        var rules = Scheduling.ServiceDefaults()
        rules.bufferBefore = hasBufferBefore ? bufferBefore : nil
        rules.bufferAfter = hasBufferAfter ? bufferAfter : nil
        rules.step = hasStep ? step : nil
        rules.stepOffset = hasStepOffset ? stepOffset : nil
        rules.notice = hasNotice ? notice : nil
        rules.horizonDays = hasHorizonDays ? horizonDays : nil
        let anchor = try StartAnchor(stored: anchor, absent: .clock)
        rules.anchor = hasAnchor ? anchor : nil
        rules.keepsBuffersInHours = hasKeepsBuffersInHours ? keepsBuffersInHours : nil
        let assignment = try AssignmentPolicy(stored: assignment, absent: .leastBusyDay)
        rules.assignment = hasAssignment ? assignment : nil
        return rules
    }
}

extension StoredServiceDefaults: StoredServiceRules {}

extension StoredService.Variant: StoredServiceRules {}

/// A service is older than the other levels: what it does not say is listed, and what is absent
/// but not listed means what it meant then.
extension StoredService: StoredServiceRules {
    var hasBufferBefore: Bool { !unsaid.contains(6) }
    var hasBufferAfter: Bool { !unsaid.contains(7) }
    var hasStep: Bool { !unsaid.contains(8) }
    var hasStepOffset: Bool { !unsaid.contains(9) }
    var hasNotice: Bool { !unsaid.contains(10) }
    var hasHorizonDays: Bool { !unsaid.contains(11) }
    var hasAnchor: Bool { !unsaid.contains(30) }
    var hasKeepsBuffersInHours: Bool { !unsaid.contains(32) }
    var hasAssignment: Bool { !unsaid.contains(40) }
}

extension MessageWriter {
    /// What is said, in eight fields that follow one another from `first` on, and who is assigned
    /// in a field of its own: write it after those that lie between.
    mutating func rules(_ rules: Scheduling.ServiceDefaults, from first: UInt32) {
        let numbers: [Int32?] = [
            rules.bufferBefore, rules.bufferAfter, rules.step, rules.stepOffset, rules.notice,
            rules.horizonDays, rules.anchor.map { Int32($0.rawValue) },
            rules.keepsBuffersInHours.map { $0 ? 1 : 0 },
        ]
        for (index, number) in numbers.enumerated() {
            if let number { always(first + UInt32(index), integer: number) }
        }
    }

    /// Who is assigned, where that is said; see `rules(_:from:)`.
    mutating func assignment(_ field: UInt32, of rules: Scheduling.ServiceDefaults) {
        if let policy = rules.assignment { always(field, integer: policy.rawValue) }
    }
}
