public import Intervals
public import Scheduling

/// An organization that lives alone, without a journal: commands are decided and applied at once,
/// by a clock that the owner sets.
///
/// What the planner of visits, the tests and the simulator drive the core with. The same seed and
/// the same commands give the same ids, the same events and the same state.
public struct Sandbox: Sendable {
    /// The organization as the last command left it.
    public private(set) var organization: Organization
    /// What the core takes for the time. Never goes back in a real daemon.
    public var now: Instant
    /// Who asks.
    public var actor = "sandbox"
    /// In which role: which rules may be broken.
    public var role = CallerRole.staff
    /// The last command's event; nil when it changed nothing.
    public private(set) var lastEvent: Event?
    /// The writes that take the last event back.
    public private(set) var lastInverse: [RecordWrite] = []

    private var random: SplitMix64

    /// A new organization, empty but for its settings. With a test clock it is one of a development
    /// directory, whose clock commands can move.
    public init(
        _ details: OrganizationProfile.Details = .init(), zones: TimeZoneDatabase, now: Instant,
        seed: UInt64, hasTestClock: Bool = false
    ) {
        self.now = now
        random = SplitMix64(seed: seed)
        let profile = OrganizationProfile(
            id: Identifier(value: 1), version: 1, details: details,
            testClock: hasTestClock ? now : nil)
        organization = Organization(profile: profile, zones: zones)
    }

    /// What a command would be decided with now.
    public mutating func context() -> DecisionContext {
        var context = DecisionContext(
            now: now, actor: actor,
            ids: IdentifierSupply(now: now, random: (random.next(), random.next())))
        context.role = role
        return context
    }

    /// Decides, applies, and returns what the caller would be told.
    @discardableResult
    public mutating func perform<Request: Command>(
        _ command: Request
    ) throws(Rejection) -> Request.Outcome {
        lastEvent = nil
        lastInverse = []
        var context = context()
        let decision = try command.decideWithOffers(on: organization, &context)
        if !decision.writes.isEmpty {
            var event = Event(
                position: organization.position + 1, at: now, actor: actor,
                rpc: "\(Request.self)", writes: decision.writes)
            event.reason = command.reason
            lastInverse = organization.apply(event)
            event.found(lastInverse)
            lastEvent = event
        }
        return decision.outcome
    }

    /// Takes the last command's event back. Once only.
    public mutating func undoLast() {
        guard let event = lastEvent else { return }
        organization.undo(event, inverse: lastInverse)
        lastEvent = nil
        lastInverse = []
    }

    /// Creates all records of a clinic.
    public mutating func open(_ clinic: Clinic) throws(Rejection) -> ClinicIdentifiers {
        var ids = ClinicIdentifiers()
        for details in clinic.locations {
            ids.locations.append(try perform(CreateRecord<Location>(details)).id)
        }
        for index in clinic.providers.indices {
            let details = clinic.providerDetails(index, ids)
            ids.providers.append(try perform(CreateRecord<Provider>(details)).id)
        }
        for index in clinic.services.indices {
            let details = clinic.serviceDetails(index, ids)
            ids.services.append(try perform(CreateRecord<Service>(details)).id)
        }
        for index in clinic.procedureTypes.indices {
            let details = clinic.procedureTypeDetails(index, ids)
            ids.procedureTypes.append(try perform(CreateRecord<ProcedureType>(details)).id)
        }
        for details in clinic.patients {
            ids.patients.append(try perform(CreateRecord<Patient>(details)).id)
        }
        return ids
    }
}
