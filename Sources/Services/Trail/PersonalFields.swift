internal import GRPCWire
internal import SlotdAPI
internal import SwiftProtobuf

/// The fields of the API's messages, and which of them identify a person, as the proto files mark
/// them: read from the descriptors that reflection serves, so that a new mark needs no code.
struct PersonalFields: Sendable {
    struct Field: Sendable {
        /// As in the proto file.
        var name: String
        /// It has the mark, or is a message that has one inside, however deep.
        var identifiesPerson: Bool
    }

    /// Of all of the API's messages.
    static let all = PersonalFields()

    /// By message, as in `slotd.v1.Booking`, and number.
    private var messages: [String: [UInt64: Field]] = [:]

    private init() {
        var types: [String: [Google_Protobuf_FieldDescriptorProto]] = [:]
        for file in Descriptors.files where file.name.hasPrefix("slotd/") {
            guard let bytes = Base64.decode(Array(file.base64.utf8).span),
                let proto = try? Google_Protobuf_FileDescriptorProto(
                    serializedBytes: bytes, extensions: Slotd_V1_Privacy_Extensions)
            else { preconditionFailure("\(file.name) is not a descriptor") }
            for message in proto.messageType {
                types["\(proto.package).\(message.name)"] = message.field
            }
        }
        // Marks go up from the parts to the whole until nothing changes: messages may be nested.
        var marked: Set<String> = []
        func isMarked(_ field: Google_Protobuf_FieldDescriptorProto) -> Bool {
            field.options.Slotd_V1_identifiesPerson
                || marked.contains(String(field.typeName.drop { $0 == "." }))
        }
        while true {
            let more = types.filter { $0.value.contains(where: isMarked) }.map(\.key)
            if Set(more).isSubset(of: marked) { break }
            marked.formUnion(more)
        }
        for (name, fields) in types {
            for field in fields {
                messages[name, default: [:]][UInt64(field.number)] = Field(
                    name: field.name, identifiesPerson: isMarked(field))
            }
        }
    }

    /// A field by its number; nil when the message has none.
    subscript(message: String, number: UInt64) -> Field? { messages[message]?[number] }

    /// Every field that identifies a person, as in `slotd.v1.Patient.name`.
    var marked: Set<String> {
        Set(
            messages.flatMap { message, fields in
                fields.values.filter(\.identifiesPerson).map { "\(message).\($0.name)" }
            })
    }
}
