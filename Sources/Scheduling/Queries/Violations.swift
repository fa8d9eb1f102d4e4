internal import Intervals

extension Organization {
    /// What is broken of the invariants in `Organization`'s documentation, in words; empty when
    /// nothing is. For tests, and after recovery. Costs a pass over all records.
    public func violations() -> [String] {
        var found: [String] = []
        var expected: [Identifier<Provider>: Int] = [:]
        bookings.forEach { booking in
            if booking.stage.occupies {
                for segment in booking.segments { expected[segment.provider, default: 0] += 1 }
            }
            if patients[booking.patient] == nil { found.append("\(booking.id) has no patient") }
            return true
        }
        holds.forEach { hold in
            for segment in hold.segments { expected[segment.provider, default: 0] += 1 }
            return true
        }
        for (provider, calendar) in calendars {
            found += violations(of: calendar, provider, count: expected[provider] ?? 0)
        }
        for (provider, count) in expected where calendars[provider] == nil && count > 0 {
            found.append("\(provider) has no calendar for \(count) occupancies")
        }
        return found + attachmentViolations()
    }

    private func violations(
        of calendar: ResourceCalendar, _ provider: Identifier<Provider>, count: Int
    ) -> [String] {
        var found: [String] = []
        if !calendar.isSound() { found.append("the calendar of \(provider) is out of order") }
        if calendar.occupancies.count != count {
            let entries = calendar.occupancies.count
            found.append("the calendar of \(provider) has \(entries) entries, not \(count)")
        }
        var last: Occupancy?
        for occupancy in calendar.occupancies where occupancy.kind == .booking {
            if let last, occupancy.start < last.end {
                let ids = [last, occupancy].map { Identifier<Booking>(value: $0.owner).description }
                found.append("\(ids[0]) and \(ids[1]) overlap on \(provider)")
            }
            if last.map({ $0.end < occupancy.end }) ?? true { last = occupancy }
        }
        return found
    }

    private func attachmentViolations() -> [String] {
        var found: [String] = []
        var active: Set<Identifier<Procedure>> = []
        var perSegment: [SegmentKey: Int] = [:]
        attachments.forEach { attachment in
            guard attachment.isActive else { return true }
            if !active.insert(attachment.procedure).inserted {
                found.append("\(attachment.procedure) has two active attachments")
            }
            let key = SegmentKey(booking: attachment.booking, segment: attachment.segment)
            perSegment[key, default: 0] += 1
            guard let procedure = procedures[attachment.procedure],
                let booking = bookings[attachment.booking]
            else {
                found.append("\(attachment.id) leads nowhere")
                return true
            }
            if procedure.patient != booking.patient {
                found.append("\(procedure.id) and \(booking.id) have different patients")
            }
            return true
        }
        if perSegment != activeAttachments.mapValues(\.count) {
            found.append("the index of active attachments is not what the records say")
        }
        return found
    }
}
