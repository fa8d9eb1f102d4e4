/// Makes two records of one person one (procedures.md 6 and 10): all that hangs on the first
/// follows to the second, in one event.
///
/// The first stays as a record without visits, so that its id and its external reference go on to
/// mean somebody, and the trail can be read. There is no way back: who the visits were booked for
/// is told by the trail alone. Merging the same two again changes nothing.
public struct MergePatients: Command {
    /// The patient that goes.
    public var patient: Identifier<Patient>
    /// The version that it must have; 0: any.
    public var expectedVersion: Int64
    /// The patient that stays; one that was merged means its survivor.
    public var into: Identifier<Patient>
    /// The version that it must have; 0: any.
    public var expectedIntoVersion: Int64
    /// Why.
    public var reason: String

    /// Names all that it needs.
    public init(
        _ patient: Identifier<Patient>, expectedVersion: Int64, into: Identifier<Patient>,
        expectedIntoVersion: Int64, reason: String
    ) {
        self.patient = patient
        self.expectedVersion = expectedVersion
        self.into = into
        self.expectedIntoVersion = expectedIntoVersion
        self.reason = reason
    }

    /// What became of the two, and what followed.
    public struct Result: Sendable {
        /// The one that stays.
        public var survivor: Patient
        /// The one that went.
        public var merged: Patient
        /// How many bookings followed.
        public var bookings: Int32 = 0
        /// How many procedures followed.
        public var procedures: Int32 = 0
        /// How many wishes for a time followed.
        public var waitlistEntries: Int32 = 0
        /// The one that stays has two visits at one time that belonged to two patients before.
        public var overlaps = false
    }

    /// Decides, and changes nothing. Refuses a patient on whom more than `Limits.mergedRecords`
    /// hang, since all that follows is one event.
    ///
    /// Cost: what the two have, and a look at every hold and waitlist entry.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Result> {
        guard let old = organization.patients[patient] else {
            throw .unknown("patient", patient.description, field: "patient_id")
        }
        let survivorID = try organization.patient(into, field: "into_patient_id")
        guard let survivor = organization.patients[survivorID] else {
            preconditionFailure("\(survivorID) has gone")
        }
        if let earlier = old.mergedInto {
            if organization.survivor(of: earlier) == survivor.id {
                return Decision([], Result(survivor: survivor, merged: old))
            }
            throw Rejection(.patientMerged, "the patient was merged into \(earlier)")
                .about(earlier)
        }
        guard old.id != survivor.id else {
            throw .invalid("into_patient_id", "means the same patient")
        }
        try organization.check(version: old.version, expected: expectedVersion, of: old.id)
        try organization.check(
            version: survivor.version, expected: expectedIntoVersion, of: survivor.id)
        let decision = merge(old, into: survivor, organization)
        let following = decision.writes.count - 2
        guard following <= Limits.mergedRecords else {
            throw .invalid(
                "patient_id",
                "has \(following) bookings and other records, more than the "
                    + "\(Limits.mergedRecords) that can follow; merge the other way round")
        }
        return decision
    }

    private func merge(
        _ old: Patient, into survivor: Patient, _ organization: Organization
    ) -> Decision<Result> {
        let merged = Patient(
            id: old.id, version: old.version + 1, details: old.details, mergedInto: survivor.id)
        let stays = Patient(
            id: survivor.id, version: survivor.version + 1, details: survivor.details)
        var result = Result(survivor: stays, merged: merged)
        var writes: [RecordWrite] = [.put(.patient(merged)), .put(.patient(stays))]
        let bookings = organization.bookings(of: old.id)
        for var booking in bookings {
            booking.patient = survivor.id
            booking.version += 1
            writes.append(.put(.booking(booking)))
            result.bookings += 1
        }
        for var procedure in organization.procedures(of: old.id) {
            procedure.patient = survivor.id
            procedure.version += 1
            writes.append(.put(.procedure(procedure)))
            result.procedures += 1
        }
        organization.holds.forEach { hold in
            guard hold.patient == old.id else { return true }
            var following = hold
            following.patient = survivor.id
            writes.append(.put(.hold(following)))
            return true
        }
        organization.waitlist.forEach { entry in
            guard entry.patient == old.id else { return true }
            var following = entry
            following.patient = survivor.id
            following.version += 1
            writes.append(.put(.waitlistEntry(following)))
            result.waitlistEntries += 1
            return true
        }
        result.overlaps = overlap(bookings, organization.bookings(of: survivor.id))
        return Decision(writes, result)
    }

    /// A visit of the one lies in the time of a visit of the other; both are in order of start.
    private func overlap(_ bookings: [Booking], _ others: [Booking]) -> Bool {
        let others = others.filter(\.stage.occupies)
        var next = 0
        for booking in bookings where booking.stage.occupies {
            while next < others.count, others[next].end <= booking.start { next += 1 }
            if next < others.count, others[next].start < booking.end { return true }
        }
        return false
    }
}

extension Organization {
    /// The bookings of a patient, in order of start.
    fileprivate func bookings(of patient: Identifier<Patient>) -> [Booking] {
        var rows: [Booking] = []
        bookingsByPatient[patient]?.forEach(from: nil) { key in
            if let booking = bookings[key.id] { rows.append(booking) }
            return true
        }
        return rows
    }

    /// The procedures of a patient, in order of id.
    fileprivate func procedures(of patient: Identifier<Patient>) -> [Procedure] {
        var rows: [Procedure] = []
        proceduresByPatient[patient]?.forEach(from: nil) { id in
            if let procedure = procedures[id] { rows.append(procedure) }
            return true
        }
        return rows
    }
}
