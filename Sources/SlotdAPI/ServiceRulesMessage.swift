/// A message that says some of the nine rules that every level may say of a service: the service
/// itself, what differs in it, and the defaults of a location or an organization. The fields mean
/// the same in each, so each is read and written by the same lines.
public protocol ServiceRulesMessage {
    /// Minutes, 0 to 1440.
    var bufferBeforeMinutes: Int32 { get set }
    /// Whether it is said.
    var hasBufferBeforeMinutes: Bool { get }
    /// Minutes, 0 to 1440.
    var bufferAfterMinutes: Int32 { get set }
    /// Whether it is said.
    var hasBufferAfterMinutes: Bool { get }
    /// Minutes, 1 to 1440.
    var stepMinutes: Int32 { get set }
    /// Whether it is said.
    var hasStepMinutes: Bool { get }
    /// Minutes, 0 to 1439.
    var stepOffsetMinutes: Int32 { get set }
    /// Whether it is said.
    var hasStepOffsetMinutes: Bool { get }
    /// Minutes, 0 to 525600.
    var noticeMinutes: Int32 { get set }
    /// Whether it is said.
    var hasNoticeMinutes: Bool { get }
    /// Days, 0 to 36600.
    var horizonDays: Int32 { get set }
    /// Whether it is said.
    var hasHorizonDays: Bool { get }
    /// Not said: unspecified.
    var anchor: Slotd_V1_StartAnchor { get set }
    /// The buffers too must lie within hours.
    var buffersInsideHours: Bool { get set }
    /// Whether it is said.
    var hasBuffersInsideHours: Bool { get }
    /// Not said: unspecified.
    var assignment: Slotd_V1_AssignmentPolicy { get set }
}

extension Slotd_V1_ServiceDefaults: ServiceRulesMessage {}

extension Slotd_V1_ServiceVariant: ServiceRulesMessage {}

extension Slotd_V1_Service: ServiceRulesMessage {
    /// Whether it is said: older than the other rules, the field says by 0 that it is not.
    public var hasStepMinutes: Bool { stepMinutes != 0 }
}
