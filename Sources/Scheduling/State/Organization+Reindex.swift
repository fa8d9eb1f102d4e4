internal import Intervals

// The secondary indexes: each follows from the old and the new value of a record, nil where there
// is none. Undo runs the same code the other way round.

extension Organization {
    mutating func refer(_ kind: RecordKind, _ id: UInt128, from old: String?, to new: String?) {
        guard old != new else { return }
        if let old, !old.isEmpty { externalRefs[ExternalRef(kind: kind, text: old)] = nil }
        if let new, !new.isEmpty { externalRefs[ExternalRef(kind: kind, text: new)] = id }
    }

    mutating func reindex(_ old: WaitlistEntry?, _ new: WaitlistEntry?) {
        if let old {
            if old.status == .waiting {
                waitlistByLocation[old.location]?.remove(WaitlistKey(old))
                if waitlistByLocation[old.location]?.count == 0 {
                    waitlistByLocation[old.location] = nil
                }
            }
            if let hold = old.hold { waitlistByHold[hold] = nil }
        }
        if let new {
            if new.status == .waiting {
                waitlistByLocation[new.location, default: OrderedIndex()].insert(WaitlistKey(new))
            }
            if let hold = new.hold { waitlistByHold[hold] = new.id }
        }
    }

    private mutating func reindexGroup(_ old: Booking?, _ new: Booking?) {
        guard old?.group != new?.group else { return }
        if let old, let group = old.group {
            bookingsByGroup[group]?.removeAll { $0 == old.id }
            if bookingsByGroup[group]?.isEmpty == true { bookingsByGroup[group] = nil }
        }
        if let new, let group = new.group {
            bookingsByGroup[group, default: []].insertSorted(new.id)
        }
    }

    mutating func reindex(_ old: Booking?, _ new: Booking?) {
        reindexGroup(old, new)
        if let old, let new, old.patient == new.patient, old.location == new.location,
            old.segments == new.segments, old.stage.occupies == new.stage.occupies,
            old.releasedAt == new.releasedAt
        {
            return
        }
        if let old {
            let key = BookingKey(old)
            bookingsByPatient[old.patient]?.remove(key)
            bookingsByLocation[old.location]?.remove(key)
            for segment in old.segments { bookingsByProvider[segment.provider]?.remove(key) }
            vacate(old.occupancies, at: old.location, owner: old.id.value)
        }
        if let new {
            let key = BookingKey(new)
            let minutes = Int32(clamping: new.end.sinceEpoch - new.start.sinceEpoch)
            longestVisitMinutes = max(longestVisitMinutes, minutes)
            bookingsByPatient[new.patient, default: OrderedIndex()].insert(key)
            bookingsByLocation[new.location, default: OrderedIndex()].insert(key)
            for segment in new.segments {
                bookingsByProvider[segment.provider, default: OrderedIndex()].insert(key)
            }
            occupy(
                new.occupancies, at: new.location, owner: new.id.value, kind: .booking,
                expires: Occupancy.never)
        }
    }

    mutating func reindex(_ old: Hold?, _ new: Hold?) {
        if let old { holdsByDue.remove(HoldDue(old)) }
        if let new { holdsByDue.insert(HoldDue(new)) }
        if let old, let new, old.hasExpired != new.hasExpired, old.owner == new.owner,
            old.location == new.location, old.segments == new.segments,
            old.expiresAt == new.expiresAt
        {
            return
        }
        if let old {
            vacate(old.segments, at: old.location, owner: old.id.value)
            if !old.owner.isEmpty {
                holdsByOwner[old.owner]?.removeAll { $0 == old.id }
                if holdsByOwner[old.owner]?.isEmpty == true { holdsByOwner[old.owner] = nil }
            }
        }
        if let new {
            occupy(
                new.segments, at: new.location, owner: new.id.value, kind: .hold,
                expires: new.expiresAt.milliseconds)
            if !new.owner.isEmpty { holdsByOwner[new.owner, default: []].insertSorted(new.id) }
        }
    }

    mutating func reindex(_ old: Procedure?, _ new: Procedure?) {
        if let old { proceduresByPatient[old.patient]?.remove(old.id) }
        if let new { proceduresByPatient[new.patient, default: OrderedIndex()].insert(new.id) }
    }

    mutating func reindex(_ old: Attachment?, _ new: Attachment?) {
        if let old {
            attachmentsByProcedure[old.procedure]?.removeAll { $0 == old.id }
            attachmentsByBooking[old.booking]?.removeAll { $0 == old.id }
            if old.isActive {
                let key = SegmentKey(booking: old.booking, segment: old.segment)
                activeAttachments[key]?.removeAll { $0 == old.id }
                if activeAttachments[key]?.isEmpty == true { activeAttachments[key] = nil }
            }
        }
        if let new {
            attachmentsByProcedure[new.procedure, default: []].insertSorted(new.id)
            attachmentsByBooking[new.booking, default: []].insertSorted(new.id)
            if new.isActive {
                let key = SegmentKey(booking: new.booking, segment: new.segment)
                activeAttachments[key, default: []].insertSorted(new.id)
            }
        }
    }

    mutating func reindex(_ old: Charge?, _ new: Charge?) {
        if let old {
            chargesByProcedure[old.procedure]?.removeAll { $0 == old.id }
            chargesByBooking[old.booking]?.removeAll { $0 == old.id }
        }
        if let new {
            chargesByProcedure[new.procedure, default: []].insertSorted(new.id)
            chargesByBooking[new.booking, default: []].insertSorted(new.id)
        }
    }
}

extension Array where Element: Comparable {
    /// Inserts into an ascending array. Ids ascend with time, so it is an append as a rule.
    mutating func insertSorted(_ element: Element) {
        let index = lastIndex { $0 < element }.map { $0 + 1 } ?? 0
        if index < count, self[index] == element { return }
        insert(element, at: index)
    }
}
