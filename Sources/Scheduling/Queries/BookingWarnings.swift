extension Organization {
    /// What whoever made or moved a booking should know of it: the patient has another visit then,
    /// where the organization warns of that and it was not meant.
    public func warnings(of booking: Booking) -> [Reason] {
        guard profile.details.patientOverlap == .warn, !booking.overrides.contains(.patientOverlap)
        else { return [] }
        var overlaps = false
        bookingsByPatient[booking.patient]?.forEach(from: nil) { key in
            guard key.start < booking.end else { return false }
            if key.id != booking.id, let other = bookings[key.id], other.stage.occupies,
                booking.start < other.end
            {
                overlaps = true
            }
            return !overlaps
        }
        return overlaps ? [.patientOverlap] : []
    }
}
