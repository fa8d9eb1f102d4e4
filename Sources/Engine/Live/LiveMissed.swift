internal import Intervals
public import Scheduling

/// What happened while nobody watched for a reader, read from the trail.
public struct LiveMissed: Sendable {
    /// As if all of it had been one event: the last value that each record got.
    var event: Event
    /// What bookings of the topic were before it, where they may have left it since.
    var before: [RecordWrite]
    /// What each of the events wrote that a card shows.
    var written: [Written]

    /// The bookings that an event wrote or tied, and the procedures.
    struct Written: Sendable {
        var bookings: Set<Identifier<Booking>> = []
        var procedures: Set<Identifier<Procedure>> = []
    }

    /// How many of the events concern one of these bookings, or a procedure that is attached to it
    /// now, at least 1.
    func count(of ids: Set<Identifier<Booking>>, in organization: Organization) -> Int {
        let attached = Set(
            ids.compactMap { organization.bookings[$0] }
                .flatMap { organization.activeAttachments(of: $0) }.map(\.procedure))
        return max(
            1,
            written.count {
                !$0.bookings.isDisjoint(with: ids) || !$0.procedures.isDisjoint(with: attached)
            })
    }
}

/// Where a reader is who was told what was missed.
public struct LiveCatchUp: Sendable {
    /// Everything that was missed put together, each card in its present state; nil when nothing of
    /// it is to be seen.
    public var change: LiveChange?
    /// The organization's position by then.
    public var position: Int64
}

extension Engine {
    /// How many entries a reader may have missed who is to go on without a snapshot.
    public var resumedEntriesMax: Int64 { limits.resumedEntries }

    /// Reads what of a topic happened between two positions: after `since`, up to one that is
    /// durable. Answers as `readTrail` does; costs a pass over these entries.
    public func missed(
        _ cell: OrganizationCell, _ topic: LiveTopic, after since: Int64, through position: Int64,
        loop: Int, release: @escaping @Sendable (Result<LiveMissed?, Rejection>) -> Void
    ) -> Result<LiveMissed?, Rejection>? {
        readTrail(cell, loop: loop) { reader throws(Rejection) in
            try LiveMissed.read(reader, topic, since, position)
        } release: {
            release($0)
        }
    }

    /// What was missed as it stands now: to be told to a reader whose subscription began at the end
    /// of it or before. Answers as `query` does.
    public func present(
        _ missed: LiveMissed, _ topic: LiveTopic, in cell: OrganizationCell, loop: Int,
        encode: @escaping LiveEncoder,
        release: @escaping @Sendable (Result<LiveCatchUp, Rejection>) -> Void
    ) -> Result<LiveCatchUp, Rejection>? {
        query(cell, loop: loop) { organization, _ throws(Rejection) in
            let touched = organization.touched(by: missed.event, inverse: missed.before)
            var change = topic.change(
                by: missed.event, touched, in: organization, encode: encode)
            let cards = Set(change?.cards.map(\.booking) ?? [])
            change?.count = missed.count(of: cards, in: organization)
            return LiveCatchUp(change: change, position: organization.position)
        } release: {
            release($0)
        }
    }
}

extension LiveMissed {
    /// Nil: nothing happened.
    fileprivate static func read(
        _ reader: TrailReader, _ topic: LiveTopic, _ since: Int64, _ end: Int64
    ) throws(Rejection) -> LiveMissed? {
        guard since < end else { return nil }
        var last: Event?
        var writes: [RecordKey: RecordWrite] = [:]
        var order: [RecordKey] = []
        var written: [Written] = []
        try reader.forEach(about: nil, since + 1...end, chunk: 256) { entry in
            last = entry.event
            for write in entry.event.writes {
                if writes.updateValue(write, forKey: write.key) == nil { order.append(write.key) }
            }
            written.append(entry.event.written)
            return true
        }
        guard var event = last else { return nil }
        event.writes = order.compactMap { writes[$0] }
        event.receipt = nil
        let before = try gone(from: topic, event, reader, since)
        return LiveMissed(event: event, before: before, written: written)
    }

    /// The former values of bookings that stood on the topic at `since`, and do not after the
    /// event.
    private static func gone(
        from topic: LiveTopic, _ event: Event, _ reader: TrailReader, _ since: Int64
    ) throws(Rejection) -> [RecordWrite] {
        let away = event.writes.compactMap { write -> Identifier<Booking>? in
            switch write {
            case .put(.booking(let row)): topic.shows(row) ? nil : row.id
            case .remove(let key): key.kind == .booking ? Identifier(value: key.id) : nil
            default: nil
            }
        }
        guard !away.isEmpty, since > 0 else { return [] }
        let known = try bookings(ever: topic, reader, since)
        var before: [RecordWrite] = []
        for id in away where known.contains(id) {
            guard case .booking(let row) = try reader.record(id.value, at: since),
                topic.shows(row)
            else { continue }
            before.append(.put(.booking(row)))
        }
        return before
    }

    /// The bookings that have ever stood on a topic, up to a position: few, where an organization
    /// has many.
    private static func bookings(
        ever topic: LiveTopic, _ reader: TrailReader, _ end: Int64
    ) throws(Rejection) -> Set<Identifier<Booking>> {
        switch topic {
        case .booking(let id): return [id]
        case .board(let location, let day):
            var found: Set<Identifier<Booking>> = []
            let days = TrailSubject.days(from: day.start.sinceEpoch, until: day.end.sinceEpoch)
            for utcDay in days {
                try reader.forEach(about: .day(location, utcDay), 1...end) { entry in
                    for case .put(.booking(let row)) in entry.event.writes {
                        found.insert(row.id)
                    }
                    return true
                }
            }
            return found
        }
    }
}

extension Event {
    fileprivate var written: LiveMissed.Written {
        var found = LiveMissed.Written()
        for write in writes {
            switch write {
            case .put(.booking(let row)): found.bookings.insert(row.id)
            case .put(.attachment(let row)): found.bookings.insert(row.booking)
            case .put(.procedure(let row)): found.procedures.insert(row.id)
            case .remove(let key) where key.kind == .booking:
                found.bookings.insert(Identifier(value: key.id))
            default: break
            }
        }
        return found
    }
}
