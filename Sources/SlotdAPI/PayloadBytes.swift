internal import FoundationEssentials

// swift-protobuf's type for bytes is Foundation's `Data`. This file is the only hand-written one
// below the roof that touches it, so that nobody else has to.

extension Slotd_V1_ProcedureStep {
    /// The payload as plain bytes. Costs a copy each way.
    public var payloadBytes: [UInt8] {
        get { Array(payload) }
        set { payload = Data(newValue) }
    }
}

extension Slotd_V1_TrailEvent {
    /// The link as plain bytes. Costs a copy each way.
    public var linkBytes: [UInt8] {
        get { Array(link) }
        set { link = Data(newValue) }
    }
}
