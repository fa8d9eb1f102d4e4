internal import Scheduling
internal import SlotdAPI

// The API's enums and the core's have the same numbers, so one generic conversion serves them all;
// a test compares the lists. The core's have no zero: unspecified is for the API alone.

extension Slotd_V1_Stage {
    init(_ value: Stage) { self = Self(rawValue: Int(value.rawValue)) ?? .unspecified }
}

extension Slotd_V1_Reason {
    init(_ value: Reason) { self = Self(rawValue: Int(value.rawValue)) ?? .unspecified }
}

extension Slotd_V1_ProcedureView {
    init(_ value: ProcedureView) { self = Self(rawValue: Int(value.rawValue)) ?? .unspecified }
}

extension Slotd_V1_ProcedureStatus {
    init(_ value: ProcedureStatus) { self = Self(rawValue: Int(value.rawValue)) ?? .unspecified }
}

extension Slotd_V1_ProcedureEntry {
    init(_ value: ProcedureEntry) { self = Self(rawValue: Int(value.rawValue)) ?? .unspecified }
}

extension Slotd_V1_ResourceKind {
    init(_ value: ResourceKind) { self = Self(rawValue: Int(value.rawValue)) ?? .unspecified }
}

extension Slotd_V1_StartAnchor {
    init(_ value: StartAnchor) { self = Self(rawValue: Int(value.rawValue)) ?? .unspecified }
}

extension Slotd_V1_Phase {
    init(_ value: Phase) { self = Self(rawValue: Int(value.rawValue)) ?? .unspecified }
}

extension Slotd_V1_CapacityRule {
    init(_ value: CapacityRule) { self = Self(rawValue: Int(value.rawValue)) ?? .unspecified }
}

extension Slotd_V1_AssignmentPolicy {
    init(_ value: AssignmentPolicy) { self = Self(rawValue: Int(value.rawValue)) ?? .unspecified }
}

extension Slotd_V1_PatientOverlap {
    init(_ value: PatientOverlap) { self = Self(rawValue: Int(value.rawValue)) ?? .unspecified }
}

extension Slotd_V1_ChargeStatus {
    init(_ value: ChargeStatus) { self = Self(rawValue: Int(value.rawValue)) ?? .unspecified }
}

/// The core's value for a number on the wire; nil when it is unspecified.
func enumeration<Value: RawRepresentable<UInt8>>(
    _ number: Int, _ field: String, as type: Value.Type
) throws(Rejection) -> Value? {
    if number == 0 { return nil }
    guard let raw = UInt8(exactly: number), let value = Value(rawValue: raw) else {
        throw .invalid(field, "\(number) is not one of its values")
    }
    return value
}

/// As `enumeration`, where a value is needed.
func requiredEnumeration<Value: RawRepresentable<UInt8>>(
    _ number: Int, _ field: String, as type: Value.Type
) throws(Rejection) -> Value {
    guard let value = try enumeration(number, field, as: type) else {
        throw .invalid(field, "is missing")
    }
    return value
}
