internal import Intervals

extension Organization {
    /// What is broken of the invariants in `Organization`'s documentation, in words; empty when
    /// nothing is. For tests, and after recovery. Costs a pass over all records.
    public func violations() -> [String] {
        var found: [String] = []
        var expected: [CalendarKey: [Occupancy]] = [:]
        bookings.forEach { booking in
            let taken = Self.occupancies(
                of: booking.occupancies, at: booking.location, owner: booking.id.value,
                kind: .booking, expires: Occupancy.never)
            for (key, occupancy) in taken { expected[key, default: []].append(occupancy) }
            if patients[booking.patient] == nil { found.append("\(booking.id) has no patient") }
            if survivor(of: booking.patient) != booking.patient {
                found.append("\(booking.id) did not follow its patient")
            }
            return true
        }
        holds.forEach { hold in
            if let patient = hold.patient, survivor(of: patient) != patient {
                found.append("\(hold.id) did not follow its patient")
            }
            let taken = Self.occupancies(
                of: hold.segments, at: hold.location, owner: hold.id.value, kind: .hold,
                expires: hold.expiresAt.milliseconds)
            for (key, occupancy) in taken { expected[key, default: []].append(occupancy) }
            return true
        }
        let keys =
            Set(expected.keys).union(calendars.keys.map { .provider($0) })
            .union(resourceCalendars.keys)
        for key in keys {
            let calendar = calendar(key)
            if !calendar.isSound() { found.append("the calendar of \(key) is out of order") }
            if calendar != ResourceCalendar(expected[key] ?? []) {
                found.append("the calendar of \(key) is not what the records say")
            }
            found += overlaps(in: calendar, of: key)
        }
        waitlist.forEach { entry in
            if survivor(of: entry.patient) != entry.patient {
                found.append("\(entry.id) did not follow its patient")
            }
            return true
        }
        return found + attachmentViolations() + stageViolations() + chargeViolations()
    }

    /// Bookings that take one thing at one time, although no rule lets them and nobody said so.
    ///
    /// Whether buffers may be shared, and how many units a thing has, may have been changed since,
    /// so buffers count against visits alone, and things that were changed are passed over.
    private func overlaps(in calendar: ResourceCalendar, of key: CalendarKey) -> [String] {
        var capacity = Int32.max
        if case .resource(let id) = key {
            guard let resource = resources[id], resource.version == 1 else { return [] }
            capacity = resource.details.units
        } else if case .pool = key {
            return []
        }
        var found: [String] = []
        let claim = Claim(units: 0, capacity: capacity, tolerance: .max, span: .core)
        let view = CalendarView(nowMilliseconds: .min).only(.booking)
        for occupancy in calendar.occupancies where occupancy.kind == .booking {
            var others: [Occupancy] = []
            calendar.forEachConflict(with: occupancy.padded, view) { other in
                if other.owner != occupancy.owner, !isDeliberate(other, occupancy) {
                    others.append(other)
                }
            }
            let own = ResourceCalendar(others.filter { $0.tolerance > 1 } + [occupancy])
            let seated = others.count {
                $0.session != 0 && $0.session == occupancy.session && $0.core == occupancy.core
            }
            // Each pair is told once, by the later one.
            let clash = others.first { other in
                guard (other.start, other.owner) < (occupancy.start, occupancy.owner) else {
                    return false
                }
                let isSession = other.session != 0 && other.session == occupancy.session
                return other.tolerance == 1 && !other.isBuffer
                    && !(isSession && other.core == occupancy.core)
                    && other.core.overlaps(occupancy.padded)
            }
            if let clash {
                found.append("\(name(clash)) and \(name(occupancy)) overlap on \(key)")
            } else if occupancy.isBuffer {
                continue
            } else if !own.blocked(in: occupancy.core, for: claim, view).isEmpty
                || occupancy.session != 0 && seated >= Int(occupancy.seats)
            {
                found.append("\(name(occupancy)) finds too many others on \(key)")
            }
        }
        return found
    }

    private func name(_ occupancy: Occupancy) -> String {
        Identifier<Booking>(value: occupancy.owner).description
    }

    /// One of the two was laid over the other on purpose.
    private func isDeliberate(_ a: Occupancy, _ b: Occupancy) -> Bool {
        [a, b].contains { occupancy in
            let broken = bookings[Identifier(value: occupancy.owner)]?.overrides ?? []
            return broken.contains(.slotTaken) || broken.contains(.buffer)
        }
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
