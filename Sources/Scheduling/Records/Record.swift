/// A record of any kind, with its whole value.
///
/// Behind a reference, since an event passes from the decision to the log, the tables and whoever
/// watches, and none of them changes it.
public enum Record: Equatable, Sendable {
    case organization(OrganizationProfile)
    case location(Location)
    case provider(Provider)
    case service(Service)
    case procedureType(ProcedureType)
    case patient(Patient)
    case booking(Booking)
    case hold(Hold)
    case procedure(Procedure)
    case attachment(Attachment)
    case resource(Resource)
    case charge(Charge)
    case waitlistEntry(WaitlistEntry)

    /// Names it among all records of its organization.
    public var key: RecordKey {
        switch self {
        case .organization(let record): RecordKey(kind: .organization, id: record.id.value)
        case .location(let record): RecordKey(kind: .location, id: record.id.value)
        case .provider(let record): RecordKey(kind: .provider, id: record.id.value)
        case .service(let record): RecordKey(kind: .service, id: record.id.value)
        case .procedureType(let record): RecordKey(kind: .procedureType, id: record.id.value)
        case .patient(let record): RecordKey(kind: .patient, id: record.id.value)
        case .booking(let record): RecordKey(kind: .booking, id: record.id.value)
        case .hold(let record): RecordKey(kind: .hold, id: record.id.value)
        case .procedure(let record): RecordKey(kind: .procedure, id: record.id.value)
        case .attachment(let record): RecordKey(kind: .attachment, id: record.id.value)
        case .resource(let record): RecordKey(kind: .resource, id: record.id.value)
        case .charge(let record): RecordKey(kind: .charge, id: record.id.value)
        case .waitlistEntry(let record): RecordKey(kind: .waitlistEntry, id: record.id.value)
        }
    }
}

/// The kinds of records. The numbers stand in the journal and are never reused.
public enum RecordKind: UInt8, CaseIterable, Sendable {
    case organization = 1
    case location = 2
    case provider = 3
    case service = 4
    case procedureType = 5
    case patient = 6
    case booking = 7
    case hold = 8
    case procedure = 9
    case attachment = 10
    case resource = 11
    case waitlistEntry = 12
    case charge = 14
}

/// Names a record among all of its organization.
public struct RecordKey: Hashable, Sendable {
    /// Which kind.
    public let kind: RecordKind
    /// The digits of the record's id, without the kind's prefix.
    public let id: UInt128

    /// Of any record, whether or not it is there.
    public init(kind: RecordKind, id: UInt128) {
        self.kind = kind
        self.id = id
    }
}

/// One change: a record's new value, or its removal. A list of them is all that an event does.
public enum RecordWrite: Equatable, Sendable {
    case put(Record)
    case remove(RecordKey)
}
