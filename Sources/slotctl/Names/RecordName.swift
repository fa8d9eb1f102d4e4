internal import SlotdAPI

/// How a record is named on the command line: by its id, as `ref:` and the client's own name of it,
/// or, for catalog and patients, by its name or the unique beginning of it.
enum RecordName: Equatable, Sendable {
    /// What the daemon understands as it stands: an id, or `ref:` and an external_ref.
    case exact(String)
    /// A person's name for it, to be looked up.
    case spoken(String)

    init(_ text: String, kind: Kind) {
        self = kind.isID(text) || text.hasPrefix("ref:") ? .exact(text) : .spoken(text)
    }

    /// The kinds of records, by the prefix of their ids and by the word people use.
    enum Kind: String, CaseIterable, Sendable {
        case location, provider, service, resource, patient, booking, procedure, hold, waitlist
        case procedureType = "proctype"
        case organization = "org"

        /// What people call it.
        var word: String {
            switch self {
            case .procedureType: "procedure type"
            case .organization: "organization"
            case .waitlist: "waitlist entry"
            default: rawValue
            }
        }

        /// A prefix, an underscore and 26 characters of Crockford's base 32.
        func isID(_ text: String) -> Bool {
            guard text.hasPrefix(rawValue + "_") else { return false }
            let body = text.utf8.dropFirst(rawValue.utf8.count + 1)
            return body.count == 26 && body.allSatisfy(Self.isBase32)
        }

        /// A digit or lower-case letter of Crockford's base 32, which has no i, l, o and u.
        static func isBase32(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "i"), UInt8(ascii: "l"), UInt8(ascii: "o"), UInt8(ascii: "u"): false
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
            default: false
            }
        }
    }
}

/// Something that can be named by its name.
protocol Named {
    var id: String { get }
    var name: String { get }
    var externalRef: String { get }
}

extension Slotd_V1_Location: Named {}
extension Slotd_V1_Provider: Named {}
extension Slotd_V1_Service: Named {}
extension Slotd_V1_ProcedureType: Named {}
extension Slotd_V1_Resource: Named {}
extension Slotd_V1_Patient: Named {}
extension Slotd_V1_Organization: Named {}

/// Finds the one record that a spoken name means: the one that is called exactly so, else the only
/// one whose name begins so, else the only one with a later word that does (`kim` for `Dr. Kim`).
/// Letter case does not matter.
func pick<Record: Named>(
    _ name: String, kind: RecordName.Kind, from records: [Record]
) throws(CommandFailure) -> Record {
    // An empty variable in a script must not become a choice.
    guard !name.isEmpty else { throw .usage("an empty name names no \(kind.word)") }
    let wanted = name.lowercased()
    var matches = records.filter { $0.name.lowercased() == wanted || $0.externalRef == name }
    if matches.isEmpty { matches = records.filter { $0.name.lowercased().hasPrefix(wanted) } }
    if matches.isEmpty {
        matches = records.filter { " \($0.name.lowercased())".contains(" " + wanted) }
    }
    if matches.count == 1 { return matches[0] }
    if matches.isEmpty { throw .unknownName(kind.word, name) }
    let shown = matches.prefix(10).map { record in
        "  \(record.id)  \(record.name)"
            + (record.externalRef.isEmpty ? "" : "  ref:\(record.externalRef)")
    }
    let more = matches.count > 10 ? ["  and \(matches.count - 10) more"] : []
    throw CommandFailure(
        code: "AMBIGUOUS_NAME", exitStatus: .failure,
        message: "“\(name)” could be any of \(matches.count) \(kind.word)s; use an id or ref:",
        candidates: shown + more)
}
