import Intervals
import Workload

@testable import Scheduling

/// Everything that can be observed of an organization: records, position, and every index, without
/// the empty entries that removing leaves behind.
///
/// Two organizations with equal snapshots answer alike.
struct Snapshot: Equatable {
    var position: Int64
    var records: [Record]
    var externalRefs: [ExternalRef: UInt128]
    var calendars: [Identifier<Provider>: ResourceCalendar]
    var bookingsByPatient: [Identifier<Patient>: [BookingKey]]
    var bookingsByLocation: [Identifier<Location>: [BookingKey]]
    var bookingsByProvider: [Identifier<Provider>: [BookingKey]]
    var proceduresByPatient: [Identifier<Patient>: [Identifier<Procedure>]]
    var attachmentsByProcedure: [Identifier<Procedure>: [Identifier<Attachment>]]
    var activeAttachments: [SegmentKey: [Identifier<Attachment>]]
    var attachmentsByBooking: [Identifier<Booking>: [Identifier<Attachment>]]
    var chargesByProcedure: [Identifier<Procedure>: [Identifier<Charge>]]
    var chargesByBooking: [Identifier<Booking>: [Identifier<Charge>]]
    var typesByService: [Identifier<Service>: [Identifier<ProcedureType>]]
    var holdsByOwner: [String: [Identifier<Hold>]]
    var holdsByDue: [HoldDue]
    var patientWords: [PatientWord]
    var resourceCalendars: [CalendarKey: ResourceCalendar]
    var poolMembers: [CalendarKey: [Identifier<Resource>]]
    var waitlistByLocation: [Identifier<Location>: [WaitlistKey]]
    var waitlistByHold: [Identifier<Hold>: Identifier<WaitlistEntry>]
    var bookingsByGroup: [Identifier<BookingGroup>: [Identifier<Booking>]]

    init(_ organization: Organization) {
        position = organization.position
        records = organization.records
        externalRefs = organization.externalRefs
        calendars = organization.calendars.filter { !$0.value.occupancies.isEmpty }
        bookingsByPatient = Self.keys(organization.bookingsByPatient)
        bookingsByLocation = Self.keys(organization.bookingsByLocation)
        bookingsByProvider = Self.keys(organization.bookingsByProvider)
        proceduresByPatient = Self.keys(organization.proceduresByPatient)
        attachmentsByProcedure = organization.attachmentsByProcedure.filter { !$0.value.isEmpty }
        activeAttachments = organization.activeAttachments.filter { !$0.value.isEmpty }
        attachmentsByBooking = organization.attachmentsByBooking.filter { !$0.value.isEmpty }
        chargesByProcedure = organization.chargesByProcedure.filter { !$0.value.isEmpty }
        chargesByBooking = organization.chargesByBooking.filter { !$0.value.isEmpty }
        typesByService = organization.typesByService.filter { !$0.value.isEmpty }
        holdsByOwner = organization.holdsByOwner.filter { !$0.value.isEmpty }
        holdsByDue = organization.holdsByDue.keys
        patientWords = organization.patientWords.keys
        resourceCalendars = organization.resourceCalendars.filter { !$0.value.occupancies.isEmpty }
        poolMembers = organization.poolMembers.filter { !$0.value.isEmpty }
        waitlistByLocation = Self.keys(organization.waitlistByLocation)
        waitlistByHold = organization.waitlistByHold
        bookingsByGroup = organization.bookingsByGroup.filter { !$0.value.isEmpty }
    }

    private static func keys<Owner, Key>(
        _ indexes: [Owner: OrderedIndex<Key>]
    ) -> [Owner: [Key]] {
        indexes.mapValues(\.keys).filter { !$0.value.isEmpty }
    }
}

extension OrderedIndex {
    var keys: [Key] {
        var keys: [Key] = []
        forEach {
            keys.append($0)
            return true
        }
        return keys
    }
}

extension Table {
    var all: [Row] {
        var rows: [Row] = []
        forEach {
            rows.append($0)
            return true
        }
        return rows
    }
}

extension Organization {
    /// All records, kind by kind, in order of id.
    var records: [Record] {
        [.organization(profile)] + locations.all.map(\.asRecord) + providers.all.map(\.asRecord)
            + services.all.map(\.asRecord) + procedureTypes.all.map(\.asRecord)
            + patients.all.map(\.asRecord) + bookings.all.map { .booking($0) }
            + holds.all.map { .hold($0) } + procedures.all.map { .procedure($0) }
            + attachments.all.map { .attachment($0) } + resources.all.map(\.asRecord)
            + charges.all.map { .charge($0) } + waitlist.all.map { .waitlistEntry($0) }
    }

    /// What recovery from a checkpoint makes of the records.
    func rebuilt() -> Organization {
        var copy = Organization(profile: profile, zones: zones)
        for record in records { copy.restore(record) }
        copy.restore(position: position)
        return copy
    }

    /// The record with a key, whatever its kind.
    func record(_ key: RecordKey) -> Record? {
        switch key.kind {
        case .organization: .organization(profile)
        case .location: locations[Identifier(value: key.id)]?.asRecord
        case .provider: providers[Identifier(value: key.id)]?.asRecord
        case .service: services[Identifier(value: key.id)]?.asRecord
        case .procedureType: procedureTypes[Identifier(value: key.id)]?.asRecord
        case .patient: patients[Identifier(value: key.id)]?.asRecord
        case .booking: bookings[Identifier(value: key.id)].map { .booking($0) }
        case .hold: holds[Identifier(value: key.id)].map { .hold($0) }
        case .procedure: procedures[Identifier(value: key.id)].map { .procedure($0) }
        case .attachment: attachments[Identifier(value: key.id)].map { .attachment($0) }
        case .resource: resources[Identifier(value: key.id)]?.asRecord
        case .charge: charges[Identifier(value: key.id)].map { .charge($0) }
        case .waitlistEntry: waitlist[Identifier(value: key.id)].map { .waitlistEntry($0) }
        }
    }
}

extension Sandbox {
    /// The refusal of a command, which then has changed nothing; nil when it was performed.
    mutating func refusal(of command: some Command) -> Rejection? {
        do {
            try perform(command)
            return nil
        } catch {
            return error
        }
    }
}
