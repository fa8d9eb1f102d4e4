/// Books several visits together: all of them or none. Each is decided on as if those before it
/// stood already.
public struct CreateBookingGroup: Command {
    /// A visit of the group.
    public struct Member: Sendable {
        /// Who comes.
        public var patient: Identifier<Patient>
        /// The rest.
        public var new: NewBooking

        /// A visit of a patient.
        public init(patient: Identifier<Patient>, _ new: NewBooking) {
            self.patient = patient
            self.new = new
        }
    }

    /// In the order in which they are decided on.
    public var members: [Member]

    /// The group of these visits.
    public init(_ members: [Member]) {
        self.members = members
    }

    /// Refuses all of them with the first refusal of one, and names the member.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<[PlannedBooking]> {
        let group: Identifier<BookingGroup> = context.ids.next()
        var pending = PendingBookings()
        var planned: [PlannedBooking] = []
        for (index, member) in members.enumerated() {
            do throws(Rejection) {
                try checkDistinct(member, among: members[..<index])
                var next = try organization.plan(
                    member.new, patient: member.patient, &context, pending: pending)
                next.booking.group = group
                // A live hold's time stands in the calendars until the booking is written.
                if !next.holdHadExpired, let hold = next.hold.flatMap({ organization.holds[$0] }) {
                    pending.remove(hold, in: organization)
                }
                pending.add(next.booking, in: organization)
                planned.append(next)
            } catch {
                let path = error.field == "patient_id" ? "" : ".booking"
                var refusal = error.ofSlot(foundAt: member.new.foundAt, in: organization)
                    .nested(in: "members[\(index)]\(path)")
                refusal.field = refusal.field ?? "members[\(index)]"
                // What another member was to become is nothing that anybody could look up.
                let members = Set(planned.map(\.booking.id.description))
                refusal.blocking.removeAll { members.contains($0) }
                throw refusal
            }
        }
        return Decision(planned.flatMap(\.writes), planned)
    }

    private func checkDistinct(
        _ member: Member, among others: ArraySlice<Member>
    ) throws(Rejection) {
        if let hold = member.new.hold, others.contains(where: { $0.new.hold == hold }) {
            throw .invalid("hold_id", "stands in two members")
        }
        let ref = member.new.externalRef
        if !ref.isEmpty, others.contains(where: { $0.new.externalRef == ref }) {
            throw .invalid("external_ref", "stands in two members")
        }
    }
}
