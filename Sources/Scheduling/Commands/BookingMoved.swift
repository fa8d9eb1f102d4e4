// What a booking's new time means to the procedures that are attached to it (procedures.md 8: the
// draft stays attached, and is told).

extension Organization {
    /// The procedures of a booking that is moved in time or to another provider: they stay
    /// attached, know when it happened, and get a new version, so that a wizard which still shows
    /// the old time cannot save on top of it. What is signed does not get here.
    func procedureWrites(
        following moved: Booking, from old: Booking, _ context: DecisionContext
    ) -> [RecordWrite] {
        activeAttachments(of: old).compactMap { attachment in
            guard var procedure = procedures[attachment.procedure] else { return nil }
            procedure.bookingRescheduledAt = context.now
            derivePermission(of: &procedure, attachedTo: moved, segment: attachment.segment)
            procedure.version += 1
            return .put(.procedure(procedure))
        }
    }
}
