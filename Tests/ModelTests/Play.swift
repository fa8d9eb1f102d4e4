import Engine
import Intervals
import Testing
import Workload

@testable import Scheduling

/// One organization, and what the model knows of it.
struct Clinic {
    let name: String
    var model: Model
    var names = Names()
    var patients: [Identifier<Patient>] = []
    var providers: [Identifier<Provider>] = []
    var services: [Identifier<Service>] = []
    var kinds: [Identifier<ProcedureType>] = []
    var location: Identifier<Location>?
    var rooms: [Identifier<Resource>] = []
    /// As it was before the present call.
    var before: Model?
    /// By the model's numbers; the first of both is 1.
    var visits: [Int: Identifier<Booking>] = [:]
    var treatments: [Int: Identifier<Procedure>] = [:]
    var holds: [Int: Identifier<Hold>] = [:]
    var wishes: [Int: Identifier<WaitlistEntry>] = [:]
    var groups: [Int: Identifier<BookingGroup>] = [:]

    mutating func know(_ visit: Int, _ id: Identifier<Booking>) {
        visits[visit] = id
        names.visits[id] = visit
    }

    mutating func know(_ wish: Int, _ id: Identifier<WaitlistEntry>) {
        wishes[wish] = id
        names.wishes[id] = wish
    }

    mutating func know(_ treatment: Int, _ id: Identifier<Procedure>) {
        treatments[treatment] = id
        names.treatments[id] = treatment
    }
}

/// A random run: what is asked next is chosen from the model, asked of both, and compared.
struct Play {
    let bench: Bench
    let seed: UInt64
    var random: SplitMix64
    var clinics: [Clinic] = []
    /// The organization whose turn it is.
    var turn = 0
    var step = 0
    /// What was asked last, for whoever reads a failure.
    var asked = ""
    var done: [String: Int] = [:]
    var refusals: [String: Int] = [:]
    /// How often each kind of command was refused.
    var refused: [String: Int] = [:]

    static let services = [
        Model.Service(minutes: 30, hasPrice: true, usesRoom: true),
        Model.Service(minutes: 30, hasPrice: true),
        Model.Service(minutes: 15, hasPrice: false), Model.Service(minutes: 30, hasPrice: true),
    ]
    static let kinds = [
        Model.Kind(services: [0], steps: 4, needsPhysician: false),
        Model.Kind(services: [1], steps: 3, needsPhysician: false),
        Model.Kind(services: [1], steps: 6, needsPhysician: false),
        Model.Kind(services: [3], steps: 5, needsPhysician: true),
    ]
    static let rules = [
        Model.Rules(), Model.Rules(most: 0, isProcedureOptional: true, earlyFinishFrees: true),
        Model.Rules(most: 1, refusesWrongService: true, earlyFinishFrees: true, sweep: 45),
    ]

    init(_ bench: Bench, seed: UInt64) throws {
        self.bench = bench
        self.seed = seed
        random = SplitMix64(seed: seed)
        for (index, rules) in Play.rules.enumerated() {
            try open(
                Clinic(
                    name: "clinic-\(index)",
                    model: Model(rules, services: Play.services, kinds: Play.kinds)))
        }
    }

    /// The minute after the one that has begun: what can still be had.
    var now: Int { Int((bench.now.milliseconds + 59_999) / 60_000) }

    // MARK: Making the clinics

    private func settings(of clinic: Clinic) -> OrganizationProfile.Details {
        let rules = clinic.model.rules
        var settings = OrganizationProfile.Details()
        settings.externalRef = clinic.name
        settings.name = clinic.name
        settings.activeProceduresPerSegment = Int32(rules.most)
        settings.isProcedureOptional = rules.isProcedureOptional
        settings.refusesWrongService = rules.refusesWrongService
        settings.earlyFinishFrees = rules.earlyFinishFrees
        settings.noShowSweep = Int32(rules.sweep)
        settings.noShowGrace = Int32(rules.grace)
        return settings
    }

    private mutating func open(_ empty: Clinic) throws {
        var clinic = empty
        _ = try bench.create(settings(of: clinic))
        let hours = (1...7).compactMap {
            WeeklyInterval(weekday: $0, startMinute: 0, endMinute: 1440)
        }
        var place = Location.Details()
        place.timeZone = "UTC"
        place.hours = hours
        let location = try create(place, as: Location.self, in: clinic.name)
        clinic.location = location
        for index in 0..<Model.rooms {
            var room = Resource.Details(location: location)
            room.pool = "rooms"
            let id = try create(room, as: Resource.self, in: clinic.name)
            clinic.rooms.append(id)
            clinic.names.rooms[id] = index
        }
        for index in 0..<Model.providers {
            var details = Provider.Details()
            details.schedules = [ProviderSchedule(location: location, hours: hours)]
            let id = try create(details, as: Provider.self, in: clinic.name)
            clinic.providers.append(id)
            clinic.names.providers[id] = index
        }
        for (index, row) in Play.services.enumerated() {
            var details = Service.Details()
            details.durations = [Int32(row.minutes)]
            details.bufferAfter = Int32(row.after)
            details.step = 15
            details.horizonDays = 30
            details.providers = clinic.providers
            if row.usesRoom { details.requirements = [Requirement(.pool("rooms"))] }
            if row.hasPrice {
                details.price = Price(amount: Money(minor: 100, currency: "USD"), code: "")
            }
            let id = try create(details, as: Service.self, in: clinic.name)
            clinic.services.append(id)
            clinic.names.services[id] = index
        }
        for (index, row) in Play.kinds.enumerated() {
            var details = ProcedureType.Details()
            details.services = row.services.map { clinic.services[$0] }
            details.stepCount = Int32(row.steps)
            details.mdRequired = row.needsPhysician
            let id = try create(details, as: ProcedureType.self, in: clinic.name)
            clinic.kinds.append(id)
            clinic.names.kinds[id] = index
        }
        for index in 0..<Model.people {
            var details = Patient.Details()
            details.name = "Patient \(index)"
            details.externalRef = "patient-\(index)"
            let id = try create(details, as: Patient.self, in: clinic.name)
            clinic.patients.append(id)
            clinic.names.patients[id] = index
        }
        clinics.append(clinic)
    }

    private func create<Row: DetailedRecord>(
        _ details: Row.Details, as: Row.Type, in name: String
    ) throws -> Identifier<Row> {
        try #require(try bench.perform(CreateRecord<Row>(details), in: name).outcome).id
    }

    // MARK: Asking both

    var clinic: Clinic {
        get { clinics[turn] }
        set { clinics[turn] = newValue }
    }

    /// Where this is, for a failure.
    var place: String { "seed \(seed) step \(step) \(clinic.name): \(asked)" }

    /// Performs a command, and compares its answer with the model's.
    mutating func perform<C: Command>(
        _ command: C, _ verdict: Verdict, _ text: String
    ) throws -> C.Outcome? {
        asked = text
        if case .done(true) = verdict, let before = clinic.before {
            clinic.model.offer(after: before, now: now)
        }
        let before = try bench.organization(clinic.name).position
        let (outcome, reason) = try bench.perform(command, in: clinic.name)
        let after = try bench.organization(clinic.name).position
        let kind = String("\(C.self)".prefix { $0 != "<" })
        switch verdict {
        case .refused(let reasons):
            try #require(
                outcome == nil && reasons.contains(reason),
                "\(place): \(outcome == nil ? reason : "done"), but the rules say \(reasons)")
            try #require(before == after, "\(place): refused and changed")
            refusals[reason, default: 0] += 1
            refused[kind, default: 0] += 1
        case .done(let changes):
            try #require(outcome != nil, "\(place): refused for \(reason), against the rules")
            try #require(
                (after - before) == (changes ? 1 : 0),
                "\(place): \(after - before) events, but the rules say \(changes)")
            if changes { done[kind, default: 0] += 1 }
        }
        return outcome
    }

    /// Compares everything.
    func compare() throws {
        for clinic in clinics {
            let organization = try bench.organization(clinic.name)
            let broken = brokenRules(organization)
            try #require(broken.isEmpty, "\(place): \(broken)")
            let expected = Picture(clinic.model)
            let found = Picture(organization, clinic.names)
            try #require(expected == found, "\(place): \(expected.difference(found))")
        }
    }
}
