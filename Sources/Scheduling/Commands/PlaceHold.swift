public import Intervals

/// Keeps a slot for a while.
///
/// The request's `hold` is the caller's own that this one takes the place of; its `ignoring` is the
/// booking that is to be moved. What the two keep is not in the way.
public struct PlaceHold: Command {
    /// Where, what, and with whom.
    public var request: SlotRequest
    /// First minute.
    public var start: Minute
    /// For whom; nil: not known, or as the hold that it takes the place of.
    public var patient: Identifier<Patient>?
    /// Empty: nobody; then each call makes another hold. Of one that takes another's place: as
    /// that.
    public var owner: String
    /// Cut to `Limits.holdSeconds`; 0: the default.
    public var seconds: Int32
    /// Rules that may be broken.
    public var overrides = OverrideWish()
    /// The journal position at which the slot was found; nil: not told.
    public var foundAt: Int64?

    /// Keeps a start for an owner for so many seconds.
    public init(
        _ request: SlotRequest, start: Minute, patient: Identifier<Patient>?, owner: String,
        seconds: Int32
    ) {
        self.request = request
        self.start = start
        self.patient = patient
        self.owner = owner
        self.seconds = seconds
    }

    /// Why it breaks rules.
    public var reason: String { overrides.note }

    /// Refuses a start that cannot be booked, with the rule that fails. What the same owner holds
    /// already is returned as it is.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Hold> {
        do throws(Rejection) {
            return try place(in: organization, &context)
        } catch {
            throw error.ofSlot(foundAt: foundAt, in: organization)
        }
    }

    private func place(
        in organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Hold> {
        var patient = patient
        if let named = patient { patient = try organization.patient(named) }
        let replaced = try replacedHold(organization)
        let moved = try movedBooking(organization)
        var request = request
        request.patient = patient ?? replaced?.patient ?? moved?.patient
        if let moved, request.patient != moved.patient {
            throw .invalid("ignore_booking_id", "is another patient's booking")
        }
        if context.role == .patient { request.isSelfService = true }
        let allowed = try overrides.allowed(to: context.role)
        let question = try organization.question(request, now: context.now)
        let owner = owner.isEmpty ? replaced?.owner ?? "" : owner
        let release = replaced.map { [RecordWrite.remove(RecordKey(kind: .hold, id: $0.id.value))] }
        let own = (organization.holdsByOwner[owner] ?? []).compactMap { organization.holds[$0] }
            .filter { $0.expiresAt > context.now && $0.id != replaced?.id }
        if let same = own.first(where: { isSame($0, request, question) }) {
            return Decision(release ?? [], same)
        }
        guard own.count < Limits.holdsPerOwner else {
            throw Rejection(
                .tooManyHolds, "\(owner) has \(own.count) live holds, the most that are allowed")
        }
        let known = (replaced?.segments ?? moved?.segments ?? []).map(\.provider)
        let visit = try organization.assign(
            question, at: start, preferring: known, allowing: allowed)
        var hold = Hold(
            id: context.ids.next(), owner: owner, patient: request.patient,
            location: request.location, segments: visit.segments, createdAt: context.now,
            expiresAt: context.now.adding(seconds: Hold.life(seconds)))
        hold.inheritLife(of: replaced, now: context.now)
        hold.moving = moved?.id
        hold.overrides = visit.broken
        if !visit.broken.isEmpty {
            hold.overrideNote = overrides.note
            hold.overrideRole = context.role.rawValue
        }
        return Decision((release ?? []) + [.put(.hold(hold))], hold)
    }

    private func replacedHold(_ organization: Organization) throws(Rejection) -> Hold? {
        guard let id = request.hold else { return nil }
        guard let hold = organization.holds[id] else {
            throw .unknown("hold", id.description, field: "hold_id")
        }
        return hold
    }

    private func movedBooking(_ organization: Organization) throws(Rejection) -> Booking? {
        guard let id = request.ignoring else { return nil }
        guard let booking = organization.bookings[id] else {
            throw .unknown("booking", id.description, field: "ignore_booking_id")
        }
        return booking
    }

    /// The hold is what is asked for: the same time for the same patient, with those providers,
    /// rooms and devices that are named, and for moving the same booking.
    private func isSame(_ hold: Hold, _ request: SlotRequest, _ question: SlotQuestion) -> Bool {
        hold.location == request.location && hold.start == start && hold.patient == request.patient
            && hold.moving == request.ignoring && hold.segments.count == request.segments.count
            && zip(hold.segments, zip(request.segments, question.segments)).allSatisfy {
                held, asked in
                let (wish, segment) = asked
                return held.service == wish.service
                    && (wish.providers.isEmpty || wish.providers == [held.provider])
                    && held.pinned == Set(wish.resources)
                    && segment.candidates.contains {
                        $0.provider.id == held.provider
                            && Int($0.shape.duration) == held.interval.durationMinutes
                    }
            }
    }
}

extension Hold {
    /// A hold that goes on keeping time of the one before lives no longer than that could have: to
    /// replace one's own hold again and again must not keep a slot from others for ever.
    fileprivate mutating func inheritLife(of before: Hold?, now: Instant) {
        guard let before, before.expiresAt > now, before.latestExpiry > now else { return }
        let keepsTime = segments.contains { new in
            before.segments.contains {
                $0.provider == new.provider && $0.padded.overlaps(new.padded)
            }
        }
        guard keepsTime else { return }
        createdAt = before.createdAt
        expiresAt = min(expiresAt, latestExpiry)
    }
}

extension BookingSegment {
    /// The rooms and devices of pools that were wanted by name.
    var pinned: Set<Identifier<Resource>> {
        Set(uses.lazy.filter { !$0.pool.isEmpty }.compactMap(\.resource))
    }
}
