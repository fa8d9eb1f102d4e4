import Intervals
import Testing
import Workload

@testable import Scheduling

/// A small clinic that the tests of single rules share.
///
/// One location in New York, open every day from 9 to 17; two providers with the same hours; it is
/// Monday 2026-10-19, 8 o'clock there (12:00 UTC), so today's hours are 13:00 to 21:00 UTC.
struct Spa {
    var sandbox: Sandbox
    let location: Identifier<Location>
    let ada: Identifier<Provider>
    let bo: Identifier<Provider>
    /// 30 or 60 minutes, step 15, no buffers; leads to `facialType` alone.
    let facial: Identifier<Service>
    /// 30 minutes, 10 minutes before and after; leads to two types.
    let laser: Identifier<Service>
    /// 30 minutes, step 30, an hour's notice, two days' horizon; leads to no type.
    let consultation: Identifier<Service>
    let facialType: Identifier<ProcedureType>
    let smallLaser: Identifier<ProcedureType>
    let largeLaser: Identifier<ProcedureType>
    let mina: Identifier<Patient>
    let noor: Identifier<Patient>

    var organization: Organization { sandbox.organization }

    init(activeProceduresPerSegment: Int32 = 1) throws {
        var settings = OrganizationProfile.Details()
        settings.activeProceduresPerSegment = activeProceduresPerSegment
        sandbox = Sandbox(
            settings, zones: TimeZoneDatabase(), now: Instant(try utc("2026-10-19T12:00Z")), seed: 1
        )

        let daily = try hours(1...7, 540, 1020)
        var place = Location.Details()
        place.name = "Spa"
        place.timeZone = "America/New_York"
        place.hours = daily
        let location = try sandbox.perform(CreateRecord<Location>(place)).id
        self.location = location

        func provider(_ name: String, _ sandbox: inout Sandbox) throws -> Identifier<Provider> {
            var details = Provider.Details()
            details.name = name
            details.schedules = [ProviderSchedule(location: location, hours: daily)]
            return try sandbox.perform(CreateRecord<Provider>(details)).id
        }
        let ada = try provider("Ada", &sandbox)
        let bo = try provider("Bo", &sandbox)
        self.ada = ada
        self.bo = bo

        func service(
            _ name: String, _ sandbox: inout Sandbox, _ change: (inout Service.Details) -> Void
        ) throws -> Identifier<Service> {
            var details = Service.Details()
            details.name = name
            details.providers = [ada, bo]
            change(&details)
            return try sandbox.perform(CreateRecord<Service>(details)).id
        }
        facial = try service("Facial", &sandbox) { $0.durations = [30, 60] }
        laser = try service("Laser", &sandbox) {
            $0.bufferBefore = 10
            $0.bufferAfter = 10
        }
        consultation = try service("Consultation", &sandbox) {
            $0.step = 30
            $0.notice = 60
            $0.horizonDays = 2
        }

        facialType = try Self.type("Facial", facial, steps: 4, &sandbox)
        smallLaser = try Self.type("Laser, one area", laser, steps: 4, &sandbox)
        largeLaser = try Self.type("Laser, full body", laser, steps: 5, &sandbox)
        mina = try Self.patient("Mina Abernathy", &sandbox)
        noor = try Self.patient("Noor Blackwood", &sandbox)
    }

    private static func type(
        _ name: String, _ service: Identifier<Service>, steps: Int32, _ sandbox: inout Sandbox
    ) throws -> Identifier<ProcedureType> {
        var details = ProcedureType.Details()
        details.name = name
        details.services = [service]
        details.stepCount = steps
        return try sandbox.perform(CreateRecord<ProcedureType>(details)).id
    }

    private static func patient(
        _ name: String, _ sandbox: inout Sandbox
    ) throws -> Identifier<Patient> {
        var details = Patient.Details()
        details.name = name
        return try sandbox.perform(CreateRecord<Patient>(details)).id
    }

    // MARK: Short ways to ask

    /// Minutes since midnight of today in New York as an instant.
    func at(_ hour: Int32, _ minute: Int32 = 0, day: Int32 = 0) throws -> Minute {
        Minute(
            sinceEpoch: try utc("2026-10-19T04:00Z").sinceEpoch + day * 1440 + hour * 60 + minute)
    }

    func newBooking(
        _ start: Minute, service: Identifier<Service>? = nil, provider: Identifier<Provider>? = nil
    ) -> NewBooking {
        var new = NewBooking()
        new.location = location
        new.service = service ?? facial
        new.provider = provider
        new.start = start
        return new
    }

    /// Books, with Ada unless said otherwise.
    @discardableResult
    mutating func book(
        _ start: Minute, patient: Identifier<Patient>? = nil, service: Identifier<Service>? = nil,
        provider: Identifier<Provider>? = nil
    ) throws -> Booking {
        let new = newBooking(start, service: service, provider: provider ?? ada)
        return try sandbox.perform(CreateBooking(patient: patient ?? mina, new)).booking
    }

    @discardableResult
    mutating func move(_ booking: Booking, to stages: Stage...) throws -> Booking {
        var last = booking
        for stage in stages {
            last = try sandbox.perform(MoveBooking(booking.id, expectedVersion: 0, to: stage))
        }
        return last
    }

    /// A booking of today at 10, in CHECK_IN.
    mutating func checkedIn(service: Identifier<Service>? = nil) throws -> Booking {
        try move(try book(at(10), service: service), to: .checkIn)
    }

    mutating func start(
        _ booking: Booking, version: Int64 = 0
    ) throws(Rejection) -> AttachedPair {
        try sandbox.perform(
            StartProcedure(
                booking: booking.id, segment: 0, view: .multiPage, expectedVersion: version))
    }

    mutating func draft(for patient: Identifier<Patient>? = nil) throws -> Procedure {
        try sandbox.perform(
            NewProcedure(
                .patient(patient ?? mina), view: .multiPage, advancesStage: false,
                expectedVersion: 0, externalRef: "")
        ).procedure
    }

    mutating func attach(
        _ procedure: Procedure, _ booking: Booking, advances: Bool = false
    ) throws(Rejection) -> AttachedPair {
        try sandbox.perform(
            AttachBooking(
                procedure: procedure.id, booking: booking.id, segment: 0, advancesStage: advances,
                expectedVersion: 0, expectedBookingVersion: 0))
    }

    /// Offered starts of a day.
    func slots(
        _ service: Identifier<Service>? = nil, provider: Identifier<Provider>? = nil,
        day: Int32 = 0, ignoring: Identifier<Booking>? = nil, hold: Identifier<Hold>? = nil
    ) throws -> [Minute] {
        let request = SlotRequest(
            location: location, service: service ?? facial, providers: [provider ?? ada],
            ignoring: ignoring, hold: hold)
        return try organization.findSlots(
            request, from: at(0, day: day), to: at(24, day: day), limit: 10_000, now: sandbox.now
        ).starts
    }

    /// From now on a service costs 120 dollars.
    mutating func setPrice(of service: Identifier<Service>) throws {
        var details = try #require(organization.services[service]).details
        details.price = Price(amount: Money(minor: 12_000, currency: "USD"), code: "S1")
        try sandbox.perform(UpdateRecord(service, expectedVersion: 0, details: details))
    }

    /// Changes the organization's settings.
    mutating func set(_ change: (inout OrganizationProfile.Details) -> Void) throws {
        var details = organization.profile.details
        change(&details)
        try sandbox.perform(UpdateOrganization(expectedVersion: 0, details: details))
    }

    func booking(_ id: Identifier<Booking>) throws -> Booking {
        try #require(organization.bookings[id])
    }

    func procedure(_ id: Identifier<Procedure>) throws -> Procedure {
        try #require(organization.procedures[id])
    }
}
