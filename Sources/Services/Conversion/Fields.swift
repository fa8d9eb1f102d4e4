internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// Reading single fields of a request: each function checks one kind of value and names the field's
// path when it refuses. The path is put together only then.

/// A text of so many bytes of UTF-8, without control characters.
func text(
    _ value: String, _ field: @autoclosure () -> String, _ bytes: ClosedRange<Int>
) throws(Rejection) -> String {
    let count = value.utf8.count
    guard count >= bytes.lowerBound else { throw .invalid(field(), "must not be empty") }
    guard count <= bytes.upperBound else {
        throw .invalid(field(), "has \(count) bytes, more than \(bytes.upperBound)")
    }
    let isPlain = value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x0a || $0 == 0x09 }
    guard isPlain else { throw .invalid(field(), "has control characters") }
    return value
}

/// As `text`, and where there is any, more than white space: what somebody must be able to read, or
/// to repeat.
func visibleText(
    _ value: String, _ field: @autoclosure () -> String, _ bytes: ClosedRange<Int>
) throws(Rejection) -> String {
    let value = try text(value, field(), bytes)
    guard value.isEmpty || value.contains(where: { !$0.isWhitespace }) else {
        throw .invalid(field(), "is blank")
    }
    return value
}

/// A name: not empty, not blank, on one line.
func nameText(
    _ value: String, _ field: String, atMost bytes: Int = 200
) throws(Rejection) -> String {
    let name = try visibleText(value, field, 1...bytes)
    guard !name.utf8.contains(0x0a), !name.utf8.contains(0x09) else {
        throw .invalid(field, "has more than one line")
    }
    return name
}

/// A whole number in a range.
func number<Number: FixedWidthInteger & Sendable>(
    _ value: Number, _ field: @autoclosure () -> String, _ range: ClosedRange<Number>
) throws(Rejection) -> Number {
    guard range.contains(value) else {
        throw .invalid(field(), "\(value) is not in \(range.lowerBound)...\(range.upperBound)")
    }
    return value
}

/// At most so many elements.
func list<Element>(
    _ value: [Element], _ field: @autoclosure () -> String, atMost most: Int
) throws(Rejection) -> [Element] {
    guard value.count <= most else {
        throw .invalid(field(), "has \(value.count) elements, more than \(most)")
    }
    return value
}

/// A moment on a whole minute.
func minute(
    _ value: Google_Protobuf_Timestamp, isSet: Bool, _ field: @autoclosure () -> String
) throws(Rejection) -> Minute {
    guard isSet else { throw .invalid(field(), "is missing") }
    guard value.nanos == 0, value.seconds % 60 == 0 else {
        throw .invalid(field(), "is not a whole minute")
    }
    guard let minute = Minute(unixSeconds: value.seconds) else {
        throw .invalid(field(), "is out of range")
    }
    return minute
}

/// A reading of the clock, to the millisecond.
func instant(_ value: Google_Protobuf_Timestamp, _ field: String) throws(Rejection) -> Instant {
    guard (0..<1_000_000_000).contains(value.nanos),
        value.seconds >= Minute.earliest.unixSeconds, value.seconds <= Minute.latest.unixSeconds
    else { throw .invalid(field, "is out of range") }
    return Instant(milliseconds: value.seconds * 1000 + Int64(value.nanos) / 1_000_000)
}

/// A date of the calendar.
func date(_ value: Slotd_V1_LocalDate, _ field: String) throws(Rejection) -> LocalDate {
    let date = LocalDate(
        year: Int(value.year), month: Int(value.month), day: Int(value.day))
    guard let date else { throw .invalid(field, "is no date of the calendar") }
    return date
}

/// The id of a record: the id itself, or `ref:` and the external_ref. What names a patient who was
/// merged into another one means that one.
func identifier<Row>(
    _ value: String, _ field: @autoclosure () -> String, _ kind: RecordKind,
    in organization: Organization
) throws(Rejection) -> Identifier<Row> {
    organization.survivor(of: try ownIdentifier(value, field(), kind, in: organization))
}

/// As `identifier`, of the record that has the name itself, whatever took its place.
func ownIdentifier<Row>(
    _ value: String, _ field: @autoclosure () -> String, _ kind: RecordKind,
    in organization: Organization
) throws(Rejection) -> Identifier<Row> {
    if let id = Identifier<Row>(value) { return id }
    let field = field()
    guard !value.isEmpty else { throw .invalid(field, "is missing") }
    guard value.hasPrefix("ref:") else {
        // What was typed is named, up to the length of any id: it may be an argument of a script.
        throw .invalid(field, "“\(value.prefix(40))” is no \(Row.idPrefix) id")
    }
    let ref = String(value.dropFirst(4))
    guard ref.utf8.count <= 200 else { throw .invalid(field, "is no external_ref") }
    let id: Identifier<Row>? = organization.identifier(kind, externalRef: ref)
    guard let id else { throw .unknown(Row.idPrefix, value, field: field) }
    return id
}

/// As `identifier`, or nil when the field is empty.
func optionalIdentifier<Row>(
    _ value: String, _ field: @autoclosure () -> String, _ kind: RecordKind,
    in organization: Organization
) throws(Rejection) -> Identifier<Row>? {
    value.isEmpty ? nil : try identifier(value, field(), kind, in: organization)
}

/// As `optionalIdentifier`, of a record that must exist: one that is only compared with others, or
/// left out of account, would not be missed.
func optionalKnownIdentifier<Row>(
    _ value: String, _ field: @autoclosure () -> String, _ kind: RecordKind,
    in organization: Organization, where isKnown: (Identifier<Row>) -> Bool
) throws(Rejection) -> Identifier<Row>? {
    guard
        let id: Identifier<Row> = try optionalIdentifier(value, field(), kind, in: organization)
    else { return nil }
    guard isKnown(id) else { throw .unknown(Row.idPrefix, value, field: field()) }
    return id
}

/// The booking that a search leaves out of account; nil for none.
func ignoredBooking(
    _ value: String, _ field: @autoclosure () -> String, in organization: Organization
) throws(Rejection) -> Identifier<Booking>? {
    try optionalKnownIdentifier(value, field(), .booking, in: organization) {
        organization.bookings[$0] != nil
    }
}

/// The ids of records, each once, in the order given.
func identifiers<Row>(
    _ values: [String], _ field: @autoclosure () -> String, _ kind: RecordKind, atMost most: Int,
    in organization: Organization
) throws(Rejection) -> [Identifier<Row>] {
    var ids: [Identifier<Row>] = []
    var known: Set<Identifier<Row>> = []
    if values.count == 1 {
        return [try identifier(values[0], "\(field())[0]", kind, in: organization)]
    }
    for (index, value) in try list(values, field(), atMost: most).enumerated() {
        let id: Identifier<Row> = try identifier(
            value, "\(field())[\(index)]", kind, in: organization)
        if known.insert(id).inserted { ids.append(id) }
    }
    return ids
}

/// As `identifiers`, of records that must exist.
func knownIdentifiers<Row>(
    _ values: [String], _ field: String, _ kind: RecordKind, atMost most: Int,
    in organization: Organization, where isKnown: (Identifier<Row>) -> Bool
) throws(Rejection) -> [Identifier<Row>] {
    let ids: [Identifier<Row>] = try identifiers(
        values, field, kind, atMost: most, in: organization)
    if ids.allSatisfy(isKnown) { return ids }
    for (index, value) in values.enumerated() {
        let path = "\(field)[\(index)]"
        guard isKnown(try identifier(value, path, kind, in: organization)) else {
            throw .unknown(Row.idPrefix, value, field: path)
        }
    }
    return ids
}

extension Google_Protobuf_Timestamp {
    init(_ minute: Minute) {
        self.init(seconds: minute.unixSeconds, nanos: 0)
    }

    init(_ instant: Instant) {
        let (seconds, nanos) = instant.unixTime
        self.init(seconds: seconds, nanos: nanos)
    }
}

extension Instant {
    /// As a `google.protobuf.Timestamp` has it: seconds, and nanoseconds from 0 on.
    var unixTime: (seconds: Int64, nanos: Int32) {
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        let carry: Int64 = rest < 0 ? 1 : 0
        return (seconds - carry, Int32((rest + carry * 1000) * 1_000_000))
    }
}

extension Slotd_V1_LocalDate {
    init(_ date: LocalDate) {
        let parts = date.parts
        self.init()
        year = Int32(parts.year)
        month = Int32(parts.month)
        day = Int32(parts.day)
    }
}
