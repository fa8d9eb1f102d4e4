internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf
internal import Workload

/// The demonstration clinic as records to import: the same seed and day give the same records.
struct DemoClinic {
    let clinic: Clinic
    let visits: [PlannedVisit]

    /// A med-spa with visits from a week before today to two weeks after it.
    init(
        patients: Int, load: Int, seed: UInt64, now: Instant, zones: TimeZoneDatabase
    ) throws(CommandFailure) {
        let today = TimeZoneRules.utc.localDate(at: now.minute)
        clinic = Clinic.medSpa(patients: patients, today: today, seed: seed)
        let planning = VisitPlanning(
            firstDate: today.adding(days: -7), days: 21, now: now, loadPercent: load, seed: seed)
        do {
            visits = try clinic.plan(planning, zones: zones)
        } catch {
            throw .local("the demonstration clinic cannot be planned: \(error.message)")
        }
    }

    /// Everything, what is named before what names it.
    var items: [ImportItem] {
        let locations = clinic.locations.map { ImportItem.demo(.location, .location(.init($0))) }
        let providers = clinic.providers.map { provider in
            ImportItem.demo(.provider, .provider(.init(provider, clinic)))
        }
        let services = clinic.services.map { service in
            ImportItem.demo(.service, .service(.init(service, clinic)))
        }
        let types = clinic.procedureTypes.map { type in
            ImportItem.demo(.procedureType, .procedureType(.init(type, clinic)))
        }
        let patients = clinic.patients.map { ImportItem.demo(.patient, .patient(.init($0))) }
        let bookings = visits.enumerated().map { index, visit in
            ImportItem.demo(.booking, .booking(.init(visit, number: index + 1, clinic)))
        }
        return locations + providers + services + types + patients + bookings
    }
}

extension ImportItem {
    fileprivate static func demo(
        _ kind: ImportKind, _ record: Slotd_V1_ImportRequest.OneOf_Record
    ) -> ImportItem {
        ImportItem(kind: kind, record: record, source: SourceLine(file: "demo", line: 1))
    }
}

extension Slotd_V1_Location {
    fileprivate init(_ details: Location.Details) {
        self.init()
        externalRef = details.externalRef
        name = details.name
        timeZone = details.timeZone
        hours = details.hours.map { Slotd_V1_WeeklyInterval($0) }
    }
}

extension Slotd_V1_Provider {
    fileprivate init(_ provider: ClinicProvider, _ clinic: Clinic) {
        self.init()
        externalRef = provider.details.externalRef
        name = provider.details.name
        mdRequired = provider.details.mdRequired
        schedules = provider.hours.map { work in
            .with {
                $0.locationID = "ref:" + clinic.locations[work.location].externalRef
                $0.hours = work.hours.map { Slotd_V1_WeeklyInterval($0) }
            }
        }
        timeOff = provider.details.timeOff.map { off in
            .with {
                $0.start = Slotd_V1_LocalDateTime(off.startDate, off.startMinute)
                $0.end = Slotd_V1_LocalDateTime(off.endDate, off.endMinute)
                $0.note = off.note
            }
        }
    }
}

extension Slotd_V1_Service {
    fileprivate init(_ service: ClinicService, _ clinic: Clinic) {
        self.init()
        externalRef = service.details.externalRef
        name = service.details.name
        durationsMinutes = service.details.durations
        if let minutes = service.details.bufferBefore { bufferBeforeMinutes = minutes }
        if let minutes = service.details.bufferAfter { bufferAfterMinutes = minutes }
        if let minutes = service.details.step { stepMinutes = minutes }
        if let minutes = service.details.notice { noticeMinutes = minutes }
        providerIds = service.providers.map { "ref:" + clinic.providers[$0].details.externalRef }
    }
}

extension Slotd_V1_ProcedureType {
    fileprivate init(_ type: ClinicProcedureType, _ clinic: Clinic) {
        self.init()
        externalRef = type.details.externalRef
        name = type.details.name
        stepCount = type.details.stepCount
        mdRequired = type.details.mdRequired
        serviceIds = type.services.map { "ref:" + clinic.services[$0].details.externalRef }
    }
}

extension Slotd_V1_Patient {
    fileprivate init(_ details: Patient.Details) {
        self.init()
        externalRef = details.externalRef
        name = details.name
        if let date = details.birthDate { birthDate = Slotd_V1_LocalDate(demo: date) }
        phone = details.phone
        email = details.email
    }
}

extension Slotd_V1_ImportBooking {
    fileprivate init(_ visit: PlannedVisit, number: Int, _ clinic: Clinic) {
        self.init()
        externalRef = "demo-\(number)"
        patientRef = clinic.patients[visit.patient].externalRef
        locationRef = clinic.locations[visit.location].externalRef
        providerRef = clinic.providers[visit.provider].details.externalRef
        serviceRef = clinic.services[visit.service].details.externalRef
        let first = visit.start.unixSeconds
        start = .init(seconds: first)
        end = .init(seconds: first + Int64(visit.duration) * 60)
        stageHistory = visit.history.map { change in
            .with {
                $0.stage = Slotd_V1_Stage(rawValue: Int(change.stage.rawValue)) ?? .unspecified
                $0.at = .init(seconds: change.at.milliseconds / 1000)
                $0.actor = change.actor
            }
        }
    }
}

extension Slotd_V1_WeeklyInterval {
    fileprivate init(_ interval: WeeklyInterval) {
        self.init()
        day = Slotd_V1_DayOfWeek(rawValue: interval.weekday) ?? .unspecified
        startMinute = interval.startMinute
        endMinute = interval.endMinute
    }
}

extension Slotd_V1_LocalDateTime {
    fileprivate init(_ date: LocalDate, _ minute: Int32) {
        self.init()
        self.date = Slotd_V1_LocalDate(demo: date)
        self.minute = minute
    }
}

extension Slotd_V1_LocalDate {
    fileprivate init(demo date: LocalDate) {
        let parts = date.parts
        self.init()
        year = Int32(parts.year)
        month = Int32(parts.month)
        day = Int32(parts.day)
    }
}
