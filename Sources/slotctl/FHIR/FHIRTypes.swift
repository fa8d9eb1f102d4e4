/// The parts of FHIR R4 resources that scheduling needs: https://hl7.org/fhir/R4/ . Everything is
/// optional here, and what must be there is asked for by the mapping, which can name the line.

struct FHIRIdentifier: Decodable, Sendable {
    var system: String?
    var value: String?
}

/// `reference` is `Type/id`, `Type?identifier=system|value` (a conditional reference, as bulk
/// exports and transactions have it), or `urn:uuid:id`; `identifier` is the logical form.
struct FHIRReference: Decodable, Sendable {
    var reference: String?
    var identifier: FHIRIdentifier?
}

struct FHIRCoding: Decodable, Sendable {
    var system: String?
    var code: String?
    var display: String?
}

struct FHIRConcept: Decodable, Sendable {
    var coding: [FHIRCoding]?
    var text: String?
}

struct FHIRPeriod: Decodable, Sendable {
    var start: String?
    var end: String?
}

struct FHIRName: Decodable, Sendable {
    var use: String?
    var text: String?
    var family: String?
    var given: [String]?
    var prefix: [String]?

    /// As people write it; nil when there is nothing.
    var spoken: String? {
        if let text, !text.isEmpty { return text }
        let parts = (prefix ?? []) + (given ?? []) + [family].compactMap(\.self)
        let name = parts.filter { !$0.isEmpty }.joined(separator: " ")
        return name.isEmpty ? nil : name
    }
}

struct FHIRTelecom: Decodable, Sendable {
    var system: String?
    var value: String?
}

struct FHIRAddress: Decodable, Sendable {
    var line: [String]?
    var city: String?
}

/// What every resource has.
protocol FHIRResource: Decodable, Sendable {
    /// As in `Encounter`: the name of its file, and of the field `resourceType`.
    static var typeName: String { get }
    var id: String? { get }
    var identifier: [FHIRIdentifier]? { get }
}

struct FHIRLocation: FHIRResource {
    static let typeName = "Location"
    var id: String?
    var identifier: [FHIRIdentifier]?
    var status: String?
    var name: String?
    var description: String?
    var address: FHIRAddress?
}

struct FHIRPractitioner: FHIRResource {
    static let typeName = "Practitioner"
    var id: String?
    var identifier: [FHIRIdentifier]?
    var active: Bool?
    var name: [FHIRName]?
}

struct FHIRPatient: FHIRResource {
    static let typeName = "Patient"
    var id: String?
    var identifier: [FHIRIdentifier]?
    var name: [FHIRName]?
    var birthDate: String?
    var telecom: [FHIRTelecom]?
}

struct FHIREncounter: FHIRResource {
    static let typeName = "Encounter"
    struct Participant: Decodable, Sendable {
        var individual: FHIRReference?
    }
    struct Place: Decodable, Sendable {
        var location: FHIRReference?
    }
    var id: String?
    var identifier: [FHIRIdentifier]?
    var status: String?
    var type: [FHIRConcept]?
    var subject: FHIRReference?
    var participant: [Participant]?
    var location: [Place]?
    var period: FHIRPeriod?
}

struct FHIRProcedure: FHIRResource {
    static let typeName = "Procedure"
    var id: String?
    var identifier: [FHIRIdentifier]?
    var status: String?
    var code: FHIRConcept?
    var subject: FHIRReference?
    var encounter: FHIRReference?
    var performedPeriod: FHIRPeriod?
    var performedDateTime: String?
}
