/// Finds what a FHIR reference means: from `Type/id`, `Type?identifier=system|value` and logical
/// identifiers to external_refs.
struct FHIRIndex {
    private var references: [String: String] = [:]

    /// Adds resources under their ids and identifiers.
    mutating func add<Resource>(
        _ entries: [FHIREntry<Resource>], _ reference: (Resource) -> String?
    ) {
        for entry in entries {
            guard let target = reference(entry.resource) else { continue }
            if let id = entry.resource.id { references["\(Resource.typeName)/\(id)"] = target }
            for identifier in entry.resource.identifier ?? [] {
                guard let key = Self.key(Resource.typeName, identifier) else { continue }
                references[key] = target
            }
        }
    }

    /// The external_ref that is meant, of a resource of this type.
    func find(_ reference: FHIRReference?, _ type: String) -> String? {
        guard let reference else { return nil }
        if let text = reference.reference {
            if let found = references[text] { return found }
            if text.hasPrefix("urn:uuid:") {
                return references["\(type)/\(text.dropFirst("urn:uuid:".count))"]
            }
            // An absolute URL ends in Type/id.
            let tail = text.split(separator: "/").suffix(2).joined(separator: "/")
            if let found = references[tail] { return found }
        }
        guard let key = reference.identifier.flatMap({ Self.key(type, $0) }) else { return nil }
        return references[key]
    }

    private static func key(_ type: String, _ identifier: FHIRIdentifier) -> String? {
        guard let value = identifier.value else { return nil }
        return "\(type)?identifier=\(identifier.system ?? "")|\(value)"
    }
}

/// A code as a record's name: `system|code`.
struct FHIRCode: Equatable, Sendable {
    let reference: String
    let name: String

    /// The first coding of a concept; nil when it has none.
    init?(_ concept: FHIRConcept?) {
        guard let coding = concept?.coding?.first, let code = coding.code, !code.isEmpty else {
            return nil
        }
        reference = FHIRMapping.cut((coding.system.map { $0 + "|" } ?? "") + code)
        let names = [coding.display, concept?.text, code].compactMap(\.self)
        name = FHIRMapping.cut(names.first { !$0.isEmpty } ?? code)
    }
}

/// Why a resource cannot be mapped.
struct FHIRProblem: Error, Equatable {
    let message: String

    init(_ message: String) { self.message = message }
}
