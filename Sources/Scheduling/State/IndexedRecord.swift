// What applying a write needs to know of each kind that clients replace as a whole.

/// A record whose writes are applied in the one way that `Organization+Apply` has for its like.
protocol IndexedRecord: DetailedRecord {
    /// Where an organization keeps records of this kind, to write there: `table` with its setter,
    /// which is nobody else's.
    static var rows: WritableKeyPath<Organization, Table<Self>> & Sendable { get }
    /// Brings what follows from a record, external references aside, from its old value to its new
    /// one; nil where there is none.
    static func reindex(_ old: Self?, _ new: Self?, in organization: inout Organization)
}

extension IndexedRecord {
    static func reindex(_ old: Self?, _ new: Self?, in organization: inout Organization) {}
}

extension Location: IndexedRecord {
    static let rows: WritableKeyPath<Organization, Table<Location>> & Sendable = \.locations

    static func reindex(_ old: Self?, _ new: Self?, in organization: inout Organization) {
        guard let id = new?.id ?? old?.id else { return }
        organization.schedules.forget(location: id)
    }
}

extension Provider: IndexedRecord {
    static let rows: WritableKeyPath<Organization, Table<Provider>> & Sendable = \.providers

    static func reindex(_ old: Self?, _ new: Self?, in organization: inout Organization) {
        guard let id = new?.id ?? old?.id else { return }
        organization.schedules.forget(provider: id)
    }
}

extension Service: IndexedRecord {
    static let rows: WritableKeyPath<Organization, Table<Service>> & Sendable = \.services
}

extension Resource: IndexedRecord {
    static let rows: WritableKeyPath<Organization, Table<Resource>> & Sendable = \.resources

    static func reindex(_ old: Self?, _ new: Self?, in organization: inout Organization) {
        if let old, !old.details.pool.isEmpty {
            let key = CalendarKey.pool(old.details.location, old.details.pool)
            organization.poolMembers[key]?.removeAll { $0 == old.id }
            if organization.poolMembers[key]?.isEmpty == true {
                organization.poolMembers[key] = nil
            }
        }
        if let new, !new.details.pool.isEmpty {
            let key = CalendarKey.pool(new.details.location, new.details.pool)
            organization.poolMembers[key, default: []].insertSorted(new.id)
        }
        if let id = new?.id ?? old?.id { organization.schedules.forget(resource: id) }
    }
}

extension ProcedureType: IndexedRecord {
    static let rows: WritableKeyPath<Organization, Table<ProcedureType>> & Sendable =
        \.procedureTypes

    static func reindex(_ old: Self?, _ new: Self?, in organization: inout Organization) {
        guard let id = new?.id ?? old?.id else { return }
        for service in old?.details.services ?? [] {
            organization.typesByService[service]?.removeAll { $0 == id }
        }
        guard let new, !new.details.isArchived else { return }
        for service in new.details.services {
            organization.typesByService[service, default: []].insertSorted(id)
        }
    }
}

extension Patient: IndexedRecord {
    static let rows: WritableKeyPath<Organization, Table<Patient>> & Sendable = \.patients

    static func reindex(_ old: Self?, _ new: Self?, in organization: inout Organization) {
        if let old {
            for word in PatientWord.all(of: old) { organization.patientWords.remove(word) }
        }
        if let new {
            for word in PatientWord.all(of: new) { organization.patientWords.insert(word) }
        }
    }
}
