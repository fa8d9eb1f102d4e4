internal import Intervals
public import Scheduling

/// An endless stream of random commands against one organization, a share of them invalid: unknown
/// records, stale versions, starts off the step, in the past or taken.
///
/// The stream knows the clinic's ids and what it has been told to note; it looks records up in the
/// organization to choose sensible versions. The same seed and the same answers give the same
/// stream.
public struct CommandStream: Sendable {
    /// How often each kind comes, relative to the others.
    public struct Weights: Sendable {
        /// New bookings, from slots and holds.
        public var booking = 30
        /// Moves in time.
        public var rescheduling = 10
        /// Cancellations.
        public var cancelling = 5
        /// Moves along the board.
        public var moving = 22
        /// Holds, releases and sweeps.
        public var holding = 10
        /// All that is done with procedures and attachments.
        public var procedures = 40
        /// Undoing, archiving, restoring and deleting.
        public var putting = 12
        /// Deposits, bills and what is void.
        public var billing = 8
        /// Steps of visits that go as they should.
        public var visiting = 50
        /// Imports of bookings and procedures.
        public var importing = 4
        /// Changes of providers, services and locations.
        public var catalog = 2
        /// Wishes for a time, and their end.
        public var waiting = 8
        /// Bookings that are made and moved together.
        public var groups = 7
        /// Patients and their merges, the organization's settings, hours, time off and outages,
        /// and what is done to bookings after them.
        public var settling = 14
        /// Moves of the clock, where the organization has a test clock.
        public var clock = 2

        /// A lively clinic.
        public init() {}
    }

    /// Of the commands that name a record or a version, so many percent name a wrong one.
    public var wrongPercent = 4
    /// May be changed between two commands.
    public var weights: Weights
    private(set) var ids: ClinicIdentifiers
    var random: SplitMix64
    /// Days ahead that bookings are tried for. Few make a crowded clinic.
    let daysAhead: Int

    private(set) var bookings: [Identifier<Booking>] = []
    private(set) var holds: [Identifier<Hold>] = []
    private(set) var procedures: [Identifier<Procedure>] = []
    private(set) var charges: [Identifier<Charge>] = []
    private(set) var wishes: [Identifier<WaitlistEntry>] = []
    private(set) var groups: [Identifier<BookingGroup>] = []
    private var known: Set<RecordKey> = []

    /// A stream for an organization that has a clinic's records.
    public init(
        _ ids: ClinicIdentifiers, daysAhead: Int = 3, weights: Weights = .init(), seed: UInt64
    ) {
        self.ids = ids
        self.daysAhead = daysAhead
        self.weights = weights
        random = SplitMix64(seed: seed)
    }

    /// Learns of the records that an event made.
    public mutating func note(_ event: Event) {
        for case .put(let record) in event.writes where known.insert(record.key).inserted {
            switch record {
            case .booking(let row):
                bookings.append(row.id)
                if let group = row.group, groups.last != group { groups.append(group) }
            case .hold(let row): holds.append(row.id)
            case .procedure(let row): procedures.append(row.id)
            case .charge(let row): charges.append(row.id)
            case .waitlistEntry(let row): wishes.append(row.id)
            case .patient(let row): ids.patients.append(row.id)
            default: break
            }
        }
    }

    /// The next command for an organization at a time.
    public mutating func next(for organization: Organization, now: Instant) -> RandomCommand {
        let kinds = [
            weights.booking, weights.rescheduling, weights.cancelling, weights.moving,
            weights.holding, weights.procedures, weights.importing, weights.catalog,
            weights.putting, weights.billing, weights.visiting,
            organization.profile.testClock == nil ? 0 : weights.clock, weights.waiting,
            weights.groups, weights.settling,
        ]
        switch random.pick(weights: kinds) {
        case 0:
            return RandomCommand(
                CreateBooking(patient: patient(), newBooking(organization, now)))
        case 1:
            return reschedule(organization, now)
        case 2:
            let id = booking()
            var cancel = CancelBooking(
                id, expectedVersion: version(organization.bookings[id]?.version),
                reason: "random")
            cancel.refund = random.chance(20) ? Int64(random.pick(0...6000)) : 0
            cancel.cascades = random.chance(30)
            return RandomCommand(cancel)
        case 3: return move(organization, now)
        case 4: return holding(organization, now)
        case 5: return procedureCommand(organization, now)
        case 6: return importing(organization, now)
        case 8: return putting(organization)
        case 9: return billing(organization)
        case 10: return visiting(organization)
        case 11: return moveClock(now)
        case 12: return waiting(organization, now)
        case 13: return grouping(organization, now)
        case 14: return settling(organization, now)
        default: return catalogCommand(organization, now)
        }
    }

    // MARK: Choosing

    mutating func wrong() -> Bool { random.chance(wrongPercent) }

    mutating func patient() -> Identifier<Patient> { choose(ids.patients) }
    mutating func location() -> Identifier<Location> { choose(ids.locations) }
    mutating func provider() -> Identifier<Provider> { choose(ids.providers) }
    mutating func service() -> Identifier<Service> { choose(ids.services) }
    mutating func type() -> Identifier<ProcedureType> { choose(ids.procedureTypes) }
    /// Mostly a late one: those change.
    mutating func booking() -> Identifier<Booking> {
        choose(random.chance(70) ? Array(bookings.suffix(24)) : bookings)
    }
    mutating func procedure() -> Identifier<Procedure> {
        choose(random.chance(80) ? Array(procedures.suffix(12)) : procedures)
    }
    /// Mostly a late one.
    mutating func charge() -> Identifier<Charge> {
        choose(random.chance(80) ? Array(charges.suffix(12)) : charges)
    }
    mutating func hold() -> Identifier<Hold> { choose(Array(holds.suffix(8))) }
    mutating func wish() -> Identifier<WaitlistEntry> { choose(Array(wishes.suffix(8))) }
    mutating func group() -> Identifier<BookingGroup> { choose(Array(groups.suffix(8))) }

    /// One of them, or now and then one that does not exist.
    private mutating func choose<Row>(_ from: [Identifier<Row>]) -> Identifier<Row> {
        guard !wrong(), let id = random.pick(from) else {
            return Identifier(value: UInt128(random.next()))
        }
        return id
    }

    /// The version, none, or now and then a stale one.
    mutating func version(_ current: Int64?) -> Int64 {
        guard let current, random.chance(60) else { return 0 }
        return wrong() ? current + 7 : current
    }

    /// A start on a quarter of an hour as a rule, some in the past.
    mutating func start(_ now: Instant) -> Minute {
        let quarter = now.minute.sinceEpoch / 15 * 15
        let ahead = Int32(random.pick(-8...daysAhead * 96)) * 15
        return Minute(sinceEpoch: quarter + ahead + (wrong() ? 7 : 0))
    }

    /// Mostly one of the next offered starts, so that the clinic fills up; else any.
    mutating func start(
        _ request: SlotRequest?, _ organization: Organization, _ now: Instant
    ) -> Minute {
        guard let request, random.chance(60),
            let page = try? organization.findSlots(
                request, from: now.minute,
                to: now.minute.clampedAdding(minutes: Int32(daysAhead) * 1440), limit: 16,
                now: now),
            let offered = random.pick(page.starts)
        else { return start(now) }
        return offered
    }

    mutating func newBooking(_ organization: Organization, _ now: Instant) -> NewBooking {
        var new = NewBooking()
        if !holds.isEmpty, random.chance(20) {
            new.hold = hold()
            new.failsOnExpired = random.chance(50)
            return new
        }
        new.overrides = overrides()
        let request = SlotRequest(
            location: location(), service: service(),
            providers: random.chance(50) ? [provider()] : [])
        new.location = request.location
        new.service = request.service
        new.provider = request.providers.first
        if random.chance(15) {
            // One after another: the second's provider is anyone's guess.
            new.segments = [request.segments[0], SegmentRequest(service: service())]
            (new.service, new.provider) = (nil, nil)
        }
        new.isWalkIn = random.chance(15)
        new.start = new.isWalkIn ? now.minuteRoundedUp : start(request, organization, now)
        new.isConfirmed = random.chance(40)
        return new
    }
}
