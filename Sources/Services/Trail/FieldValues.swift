internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

/// The fields that are set in a record, as the API's message of it has them, each as JSON.
///
/// What the message says of other records is left out: it would be that of today.
struct FieldValues {
    private struct Value {
        var name: String
        var json: String
        var identifiesPerson: Bool
    }

    /// By number.
    private var values: [UInt64: Value] = [:]

    /// Longer values are not told, only how long they are.
    private static let bytesMax = 4096

    /// Of no record.
    init() {}

    /// Of a record. The organization is the one that it belongs to, without its records.
    init(_ record: Record, in empty: Organization) {
        switch record {
        case .organization(let row): take(Slotd_V1_Organization(row))
        case .location(let row): take(Slotd_V1_Location(row))
        case .provider(let row): take(Slotd_V1_Provider(row))
        case .service(let row): take(Slotd_V1_Service(row))
        case .procedureType(let row): take(Slotd_V1_ProcedureType(row))
        case .patient(let row): take(Slotd_V1_Patient(row))
        case .booking(let row):
            take(Slotd_V1_Booking(row, in: empty, now: Instant(Minute.latest)))
        case .hold(let row): take(Slotd_V1_SlotHold(row))
        case .procedure(let row): take(Slotd_V1_Procedure(row, in: empty, showsPayloads: false))
        case .attachment(let row): take(Slotd_V1_Attachment(row))
        case .resource(let row): take(Slotd_V1_Resource(row))
        case .charge(let row): take(Slotd_V1_Charge(row, in: empty))
        case .waitlistEntry(let row): take(Slotd_V1_WaitlistEntry(row, in: empty))
        }
    }

    /// What is different afterwards, in order of the fields' numbers.
    func changes(to after: FieldValues) -> [Slotd_V1_FieldChange] {
        Set(values.keys).union(after.values.keys).sorted().compactMap { number in
            let (old, new) = (values[number], after.values[number])
            guard old?.json != new?.json, let known = old ?? new else { return nil }
            return .with {
                $0.field = known.name
                $0.redacted = known.identifiesPerson
                guard !known.identifiesPerson else { return }
                $0.before = Self.capped(old?.json ?? "")
                $0.after = Self.capped(new?.json ?? "")
            }
        }
    }

    private static func capped(_ json: String) -> String {
        json.utf8.count <= bytesMax ? json : "\"(\(json.utf8.count) bytes)\""
    }

    /// Each field by itself is a message of the same type, whose JSON is the field's with its name
    /// before it: so the JSON is the one that every client reads, whatever the field's type.
    private mutating func take<M: Message>(_ message: M) {
        var options = JSONEncodingOptions()
        options.preserveProtoFieldNames = true
        for (number, bytes) in WireFields(encoded(message)).byNumber {
            guard let field = PersonalFields.all[M.protoMessageName, number],
                let json = try? M(serializedBytes: bytes).jsonString(options: options)
            else { preconditionFailure("\(M.protoMessageName) has no field \(number)") }
            // {"name":value}
            values[number] = Value(
                name: field.name, json: String(json.dropFirst(field.name.count + 4).dropLast()),
                identifiesPerson: field.identifiesPerson)
        }
    }
}

/// The bytes of an encoded message, field by field.
private struct WireFields {
    /// Keys and values of each field; a repeated one's one after the other.
    private(set) var byNumber: [UInt64: [UInt8]] = [:]

    /// - Parameter bytes: what swift-protobuf wrote; anything else traps.
    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let start = rest.startIndex
            let key = Self.varint(&rest)
            switch key & 7 {
            case 0: _ = Self.varint(&rest)
            case 1: rest.removeFirst(8)
            case 2: rest.removeFirst(Int(Self.varint(&rest)))
            default: rest.removeFirst(4)
            }
            byNumber[key >> 3, default: []] += bytes[start..<rest.startIndex]
        }
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64 {
        var (value, shift) = (0 as UInt64, 0 as UInt64)
        while let byte = rest.popFirst() {
            value |= UInt64(byte & 0x7f) << shift
            shift += 7
            if byte < 0x80 { break }
        }
        return value
    }
}
