// Applying: the only code that changes an organization, live and in recovery alike.

extension Organization {
    /// Applies an event that was decided on this very state, or read back from the journal.
    ///
    /// Returns the writes that undo it, to be applied in the order given. Traps when the event is
    /// not the next one: a gap would mean that the journal or its reader is broken.
    @discardableResult
    public mutating func apply(_ event: Event) -> [RecordWrite] {
        precondition(
            event.position == position + 1,
            "event \(event.position) does not follow position \(position)")
        var inverse: [RecordWrite] = []
        inverse.reserveCapacity(event.writes.count)
        for write in event.writes { inverse.append(apply(write)) }
        position = event.position
        remember(event)
        inverse.reverse()
        return inverse
    }

    /// Keeps the receipt of the last event, for one whose reply was made after it was applied.
    public mutating func remember(_ event: Event) {
        guard let receipt = event.receipt else { return }
        receipts.store(receipt, for: event.receiptKey(of: receipt), at: event.at)
    }

    /// Takes back the last event, given the writes that `apply` returned for it.
    public mutating func undo(_ event: Event, inverse: [RecordWrite]) {
        precondition(event.position == position, "only the last event can be undone")
        for write in inverse { _ = apply(write) }
        if let receipt = event.receipt { receipts.removeLast(event.receiptKey(of: receipt)) }
        position -= 1
    }

    /// Puts a record of a checkpoint into an organization that is being recovered.
    public mutating func restore(_ record: Record) {
        _ = apply(.put(record))
    }

    /// Sets the position of the checkpoint whose records were restored.
    public mutating func restore(position: Int64) {
        self.position = position
    }

    /// Puts a receipt of a checkpoint into an organization that is being recovered.
    public mutating func restore(_ receipt: Receipt, actor: String, rpc: String, at: Instant) {
        let key = ReceiptKey(actor: actor, rpc: rpc, requestID: receipt.requestID)
        receipts.store(receipt, for: key, at: at)
    }

    /// Applies writes that are no event, to a copy that shows what would be.
    mutating func apply(_ writes: [RecordWrite]) {
        for write in writes { _ = apply(write) }
    }

    /// Applies one write and returns the one that undoes it.
    private mutating func apply(_ write: RecordWrite) -> RecordWrite {
        switch write {
        case .put(let record):
            let old = put(record)
            return old.map { .put($0) } ?? .remove(record.key)
        case .remove(let key):
            guard let old = remove(key) else { return .remove(key) }
            return .put(old)
        }
    }

    private mutating func put(_ record: Record) -> Record? {
        switch record {
        case .organization(let new):
            if new.details.providersMayExtendHours != profile.details.providersMayExtendHours {
                schedules.forgetAll()
            }
            defer { profile = new }
            return .organization(profile)
        case .location(let new): return put(new)
        case .provider(let new): return put(new)
        case .service(let new): return put(new)
        case .procedureType(let new): return put(new)
        case .patient(let new): return put(new)
        case .booking(let new):
            let old = bookings.put(new, id: new.id)
            refer(.booking, new.id.value, from: old?.externalRef, to: new.externalRef)
            reindex(old, new)
            return old.map { .booking($0) }
        case .hold(let new):
            let old = holds.put(new, id: new.id)
            reindex(old, new)
            return old.map { .hold($0) }
        case .procedure(let new):
            let old = procedures.put(new, id: new.id)
            refer(.procedure, new.id.value, from: old?.externalRef, to: new.externalRef)
            reindex(old, new)
            return old.map { .procedure($0) }
        case .attachment(let new):
            let old = attachments.put(new, id: new.id)
            reindex(old, new)
            return old.map { .attachment($0) }
        case .resource(let new): return put(new)
        case .waitlistEntry(let new):
            let old = waitlist.put(new, id: new.id)
            reindex(old, new)
            return old.map { .waitlistEntry($0) }
        case .charge(let new):
            let old = charges.put(new, id: new.id)
            reindex(old, new)
            return old.map { .charge($0) }
        }
    }

    private mutating func remove(_ key: RecordKey) -> Record? {
        switch key.kind {
        case .organization:
            preconditionFailure("an organization's own record is never removed")
        case .location: return remove(Location.self, key.id)
        case .provider: return remove(Provider.self, key.id)
        case .service: return remove(Service.self, key.id)
        case .procedureType: return remove(ProcedureType.self, key.id)
        case .patient: return remove(Patient.self, key.id)
        case .booking:
            let old = bookings.remove(Identifier(value: key.id))
            refer(.booking, key.id, from: old?.externalRef, to: nil)
            reindex(old, nil)
            return old.map { .booking($0) }
        case .hold:
            let old = holds.remove(Identifier(value: key.id))
            reindex(old, nil)
            return old.map { .hold($0) }
        case .procedure:
            let old = procedures.remove(Identifier(value: key.id))
            refer(.procedure, key.id, from: old?.externalRef, to: nil)
            reindex(old, nil)
            return old.map { .procedure($0) }
        case .attachment:
            let old = attachments.remove(Identifier(value: key.id))
            reindex(old, nil)
            return old.map { .attachment($0) }
        case .resource: return remove(Resource.self, key.id)
        case .waitlistEntry:
            let old = waitlist.remove(Identifier(value: key.id))
            reindex(old, nil)
            return old.map { .waitlistEntry($0) }
        case .charge:
            let old = charges.remove(Identifier(value: key.id))
            reindex(old, nil)
            return old.map { .charge($0) }
        }
    }

    private mutating func put<Row: IndexedRecord>(_ new: Row) -> Record? {
        let old = self[keyPath: Row.rows].put(new, id: new.id)
        refer(
            Row.kind, new.id.value, from: old?.details.externalRef, to: new.details.externalRef)
        Row.reindex(old, new, in: &self)
        return old?.asRecord
    }

    private mutating func remove<Row: IndexedRecord>(_ kind: Row.Type, _ id: UInt128) -> Record? {
        guard let old = self[keyPath: Row.rows].remove(Identifier(value: id)) else { return nil }
        refer(Row.kind, id, from: old.details.externalRef, to: nil)
        Row.reindex(old, nil, in: &self)
        return old.asRecord
    }
}

extension Event {
    func receiptKey(of receipt: Receipt) -> ReceiptKey {
        ReceiptKey(actor: actor, rpc: rpc, requestID: receipt.requestID)
    }
}
