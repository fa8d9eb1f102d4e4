// Locations, providers, services, procedure types and patients are created and replaced in one way.

/// Creates a record.
public struct CreateRecord<Row: DetailedRecord>: Command {
    /// What the new record says.
    public var details: Row.Details

    /// With details whose values are within their bounds; references are checked by `decide`.
    public init(_ details: Row.Details) {
        self.details = details
    }

    /// Refuses an external reference that is taken, and references to records that do not exist.
    /// The record's version is 1.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Row> {
        try organization.checkFree(details.externalRef, kind: Row.kind, name: Row.idPrefix)
        try details.checkReferences(in: organization)
        let row = Row(id: context.ids.next(), version: 1, details: details)
        return Decision([.put(row.asRecord)], row)
    }
}

/// Replaces a record's details. Details that are already so change nothing. A record that another
/// one took the place of means that one.
public struct UpdateRecord<Row: DetailedRecord>: Command {
    /// Which; one that was merged into another means that one.
    public var id: Identifier<Row>
    /// The version that the record must have; 0: any.
    public var expectedVersion: Int64
    /// What it shall say, all of it.
    public var details: Row.Details

    /// Names all that it needs.
    public init(_ id: Identifier<Row>, expectedVersion: Int64, details: Row.Details) {
        self.id = id
        self.expectedVersion = expectedVersion
        self.details = details
    }

    /// Refuses what creating refuses, and what cannot be changed. The outcome is the record as it
    /// is after it.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Row> {
        let id = organization.survivor(of: id)
        guard let old = organization[keyPath: Row.table][id] else {
            throw .unknown(Row.idPrefix, id.description)
        }
        try organization.checkFree(
            details.externalRef, kind: Row.kind, except: id.value, name: Row.idPrefix)
        try details.checkReferences(in: organization)
        try details.checkChange(of: old.details)
        try organization.check(version: old.version, expected: expectedVersion, of: id)
        guard details != old.details else { return Decision([], old) }
        let new = Row(id: id, version: old.version + 1, details: details)
        return Decision([.put(new.asRecord)], new)
    }
}

/// What an import did with a record.
public enum ImportOutcome: Sendable {
    case created, updated, unchanged
}

/// Creates the record that has an external reference, or makes it what the source says.
public struct ImportRecord<Row: DetailedRecord>: Command {
    /// What the source says; its external reference, which must not be empty, names the record.
    public var details: Row.Details

    /// With details whose values are within their bounds; references are checked by `decide`.
    public init(_ details: Row.Details) {
        self.details = details
    }

    /// Refuses what creating and updating refuse; compares no version.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<(Identifier<Row>, ImportOutcome)> {
        var details = details
        var known: Identifier<Row>? = organization.identifier(
            Row.kind, externalRef: details.externalRef)
        // A record that has no external reference goes by its id, and gets none by that.
        if known == nil, let id = Identifier<Row>(details.externalRef),
            organization[keyPath: Row.table][id]?.details.externalRef.isEmpty == true
        {
            known = id
            details.externalRef = ""
        }
        guard let known else {
            let created = try CreateRecord<Row>(details).decide(on: organization, &context)
            return Decision(created.writes, (created.outcome.id, .created))
        }
        // What the source still tells apart was made one here, and its fields are the survivor's.
        let survivor = organization.survivor(of: known)
        if survivor != known { return Decision([], (survivor, .unchanged)) }
        let updated = try UpdateRecord(known, expectedVersion: 0, details: details)
            .decide(on: organization, &context)
        return Decision(updated.writes, (known, updated.writes.isEmpty ? .unchanged : .updated))
    }
}
