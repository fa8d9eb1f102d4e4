/// Something that may change an organization. Each use case is one command.
///
/// A command looks at the organization, changes nothing, and either refuses or says what shall be
/// written. The checks come in this order: the record exists, what has been done already is
/// answered again, what the rules forbid is refused, and only then is the version compared.
public protocol Command: Sendable {
    /// What the caller is told.
    associatedtype Outcome: Sendable

    /// Why the caller wants it; empty where nothing was said.
    var reason: String { get }

    /// Decides on a state at a moment. Deterministic.
    func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Outcome>
}

/// What a decision may use besides the organization.
public struct DecisionContext: Sendable {
    /// The clock, read once.
    public let now: Instant
    /// Who asks.
    public let actor: String
    /// In which role: which rules they may break.
    public var role = CallerRole.staff
    /// Ids for new records.
    public var ids: IdentifierSupply

    /// In the role of staff, until `role` says otherwise.
    public init(now: Instant, actor: String, ids: IdentifierSupply) {
        self.now = now
        self.actor = actor
        self.ids = ids
    }
}

/// What shall be written, and what the caller is told once it is durable.
public struct Decision<Outcome: Sendable>: Sendable {
    /// In order. Empty: nothing changes, and no event is made.
    public var writes: [RecordWrite]
    /// For the reply.
    public var outcome: Outcome

    /// Writes in the order in which they shall be applied.
    public init(_ writes: [RecordWrite], _ outcome: Outcome) {
        self.writes = writes
        self.outcome = outcome
    }
}

extension Organization {
    /// Refuses unless the version is the expected one; 0 expects any.
    func check<Row>(
        version: Int64, expected: Int64, of id: Identifier<Row>
    ) throws(Rejection) {
        guard expected != 0, expected != version else { return }
        var rejection = Rejection(
            .versionMismatch, "the record has version \(version), not \(expected)"
        ).about(id)
        rejection.currentVersion = version
        throw rejection
    }

    /// Refuses an external reference that another record of the kind has.
    func checkFree(
        _ externalRef: String, kind: RecordKind, except id: UInt128? = nil, name: String
    ) throws(Rejection) {
        guard !externalRef.isEmpty,
            let taken = externalRefs[ExternalRef(kind: kind, text: externalRef)], taken != id
        else { return }
        var rejection = Rejection(
            .externalRefTaken, "another \(name) has the external_ref \(externalRef)")
        rejection.resource = Rejection.Resource(
            kind: name, id: TypeID.encode(prefix: name, taken))
        throw rejection
    }

    /// The id of the record of a kind with this external reference.
    public func identifier<Row>(
        _ kind: RecordKind, externalRef: String
    ) -> Identifier<Row>? {
        externalRefs[ExternalRef(kind: kind, text: externalRef)].map { Identifier(value: $0) }
    }
}
