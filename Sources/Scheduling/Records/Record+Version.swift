// Which version of a record an event found, and which it left.

extension Record {
    /// Grows by one with each change; 1 for the kinds that count no versions, holds and
    /// attachments.
    public var version: Int64 {
        switch self {
        case .organization(let record): record.version
        case .location(let record): record.version
        case .provider(let record): record.version
        case .service(let record): record.version
        case .procedureType(let record): record.version
        case .patient(let record): record.version
        case .booking(let record): record.version
        case .procedure(let record): record.version
        case .resource(let record): record.version
        case .charge(let record): record.version
        case .waitlistEntry(let record): record.version
        case .hold, .attachment: 1
        }
    }
}

extension RecordWrite {
    /// The version that the write leaves; 0: it removes the record.
    public var version: Int64 {
        switch self {
        case .put(let record): record.version
        case .remove: 0
        }
    }

    /// Which record it changes.
    public var key: RecordKey {
        switch self {
        case .put(let record): record.key
        case .remove(let key): key
        }
    }
}

extension Event {
    /// Remembers which versions the event found, given the writes that `Organization.apply`
    /// returned for it.
    public mutating func found(_ inverse: [RecordWrite]) {
        // Most events make new records only, and need no list.
        let isAllNew = inverse.allSatisfy { if case .remove = $0 { true } else { false } }
        if !isAllNew { before = inverse.reversed().map(\.version) }
    }

    /// The version before a write, by its index; 0: the record was not there.
    ///
    /// Events of journals that do not hold it yet: versions grow by one with each change.
    public func versionBefore(_ index: Int) -> Int64 {
        if index < before.count { return before[index] }
        return before.isEmpty ? max(0, writes[index].version - 1) : 0
    }
}
