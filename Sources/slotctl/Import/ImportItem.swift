internal import SlotdAPI

/// What kinds of records an import brings, in the order in which they are sent: what is named comes
/// before what names it.
enum ImportKind: Int, CaseIterable, Sendable {
    case location, provider, resource, service, procedureType, patient, booking, procedure

    /// Those that FHIR data has.
    static let ofFHIR = allCases.filter { $0 != .resource }

    /// What people call several of them.
    var plural: String {
        switch self {
        case .location: "locations"
        case .provider: "providers"
        case .resource: "resources"
        case .service: "services"
        case .procedureType: "procedure types"
        case .patient: "patients"
        case .booking: "bookings"
        case .procedure: "procedures"
        }
    }
}

/// One record to send, and where it came from.
struct ImportItem: Equatable, Sendable {
    let kind: ImportKind
    let record: Slotd_V1_ImportRequest.OneOf_Record
    let source: SourceLine

    /// What kind a request's record is.
    static func kind(_ record: Slotd_V1_ImportRequest.OneOf_Record) -> ImportKind {
        switch record {
        case .location: .location
        case .provider: .provider
        case .resource: .resource
        case .service: .service
        case .procedureType: .procedureType
        case .patient: .patient
        case .booking: .booking
        case .procedure: .procedure
        }
    }

    /// The record's external_ref.
    var reference: String {
        switch record {
        case .location(let record): record.externalRef
        case .provider(let record): record.externalRef
        case .resource(let record): record.externalRef
        case .service(let record): record.externalRef
        case .procedureType(let record): record.externalRef
        case .patient(let record): record.externalRef
        case .booking(let record): record.externalRef
        case .procedure(let record): record.externalRef
        }
    }
}

/// A record that was not taken: by the mapping, or by the daemon.
struct ImportRefusal: Equatable, Sendable {
    let kind: ImportKind
    let reference: String
    let source: SourceLine
    /// The column that is wrong; nil where it is not one.
    var column: String?
    /// A `slotd.v1.Reason` without its prefix.
    let reason: String
    let message: String
    /// What stands in the way: ids, and where they came from if it is known.
    var blocking: [String] = []

    /// One line for stderr.
    var line: String {
        var line = "\(source)"
        if let column { line += ", column \(column)" }
        line += ": \(message) (\(reason)"
        if !blocking.isEmpty { line += ": \(blocking.joined(separator: ", "))" }
        return plainText(line + ")")
    }
}
