import Intervals
import Testing
import Workload

@testable import Scheduling

/// Lists, the board and the search for patients, against the whole tables.
struct ListTests {
    private struct Filled {
        var sandbox: Sandbox
        var ids: ClinicIdentifiers
    }

    /// A clinic with some weeks of visits in every stage.
    private func filled() throws -> Filled {
        let today = try day(2026, 10, 28)
        let now = Instant(try utc("2026-10-30T17:00Z"))
        let clinic = Clinic.medSpa(patients: 12, today: today, seed: 4)
        var sandbox = Sandbox(zones: TimeZoneDatabase(), now: now, seed: 4)
        let ids = try sandbox.open(clinic)
        let planning = VisitPlanning(
            firstDate: today, days: 6, now: now, loadPercent: 60, seed: 5)
        for (index, visit) in try clinic.plan(planning, zones: sandbox.organization.zones)
            .enumerated()
        {
            try sandbox.perform(
                ImportBooking(
                    externalRef: "\(index)", patient: ids.patients[visit.patient],
                    location: ids.locations[visit.location],
                    provider: ids.providers[visit.provider],
                    service: ids.services[visit.service],
                    interval: try #require(Interval(start: visit.start, minutes: visit.duration)),
                    stageHistory: visit.history, note: ""))
        }
        return Filled(sandbox: sandbox, ids: ids)
    }

    @Test("pages of bookings, put together, are what the conditions select, by start and id")
    func bookings() throws {
        let filled = try filled()
        let organization = filled.sandbox.organization
        let all = organization.bookings.all.sorted { BookingKey($0) < BookingKey($1) }
        #expect(all.count > 150)
        var random = SplitMix64(seed: 9)
        for _ in 0..<40 {
            var filter = BookingFilter()
            if random.chance(40) { filter.patient = random.pick(filled.ids.patients) }
            if random.chance(40) { filter.location = random.pick(filled.ids.locations) }
            if random.chance(40) { filter.provider = random.pick(filled.ids.providers) }
            if random.chance(50) { filter.from = random.pick(all)?.start }
            if random.chance(50) { filter.to = random.pick(all)?.start }
            if random.chance(40) { filter.stages = [.new, .checkout] }
            let expected = all.filter { booking in
                (filter.patient == nil || filter.patient == booking.patient)
                    && (filter.location == nil || filter.location == booking.location)
                    && (filter.provider == nil || filter.provider == booking.segments[0].provider)
                    && (filter.from.map { $0 <= booking.start } ?? true)
                    && (filter.to.map { booking.start < $0 } ?? true)
                    && (filter.stages.isEmpty || filter.stages.contains(booking.stage))
            }
            var found: [Booking] = []
            var cursor: BookingKey?
            let limit = random.pick(1...30)
            repeat {
                let page = organization.listBookings(filter, after: cursor, limit: limit)
                #expect(page.rows.count <= limit && (page.next == nil || page.rows.count == limit))
                found += page.rows
                cursor = page.next
            } while cursor != nil
            #expect(found == expected)
        }
    }

    @Test("pages of catalog records and procedures go by id, each once")
    func records() throws {
        var filled = try filled()
        for patient in filled.ids.patients + filled.ids.patients {
            try filled.sandbox.perform(
                NewProcedure(
                    .patient(patient), view: .multiPage, advancesStage: false, expectedVersion: 0,
                    externalRef: ""))
        }
        let organization = filled.sandbox.organization
        var patients: [Identifier<Patient>] = []
        var after: Identifier<Patient>?
        repeat {
            let page = organization.list(Patient.self, after: after, limit: 5) { _ in true }
            patients += page.rows.map(\.id)
            after = page.next
        } while after != nil
        #expect(patients == filled.ids.patients.sorted())

        for patient in [nil, filled.ids.patients[3]] {
            var procedures: [Identifier<Procedure>] = []
            var cursor: Identifier<Procedure>?
            repeat {
                let page = organization.listProcedures(
                    patient: patient, booking: nil, statuses: [.draft], after: cursor, limit: 7)
                procedures += page.rows.map(\.id)
                cursor = page.next
            } while cursor != nil
            let expected = organization.procedures.all
                .filter { patient == nil || $0.patient == patient }.map(\.id)
            #expect(procedures == expected)
        }
        let none = organization.listProcedures(
            patient: nil, booking: nil, statuses: [.completed], after: nil, limit: 7)
        #expect(none.rows.isEmpty && none.next == nil)
    }

    @Test("patients are found by the start of any word of the name, or of the reference, each once")
    func patients() throws {
        let filled = try filled()
        let organization = filled.sandbox.organization
        for prefix in ["a", "b", "pat", "patient-1", "e", "zz", "Al", ""] {
            let lower = prefix.lowercased()
            let expected = Set(
                organization.patients.all.filter { patient in
                    let name = patient.details.name.lowercased()
                    return name.hasPrefix(lower)
                        || name.split(separator: " ").contains { $0.hasPrefix(lower) }
                        || patient.details.externalRef.lowercased().hasPrefix(lower)
                }.map(\.id))
            var found: [Identifier<Patient>] = []
            var cursor: (word: String, id: Identifier<Patient>)?
            repeat {
                let page = organization.findPatients(prefix: prefix, after: cursor, limit: 2)
                found += page.rows.map(\.id)
                cursor = page.next
            } while cursor != nil
            #expect(found.count == expected.count && Set(found) == expected, "\(prefix)")
        }
    }

    @Test("the board shows a local day of one location, each card in its stage, by start")
    func board() throws {
        let filled = try filled()
        let organization = filled.sandbox.organization
        var cards = 0
        for location in filled.ids.locations {
            for offset: Int32 in 0..<6 {
                let date = try day(2026, 10, 28).adding(days: offset)
                let board = try organization.board(location, date: date, now: filled.sandbox.now)
                let zone = try organization.zones.zone(board.location.details.timeZone)
                let expected = organization.bookings.all.filter {
                    $0.location == location && zone.localDate(at: $0.start) == date
                }
                #expect(board.columns.map(\.stage) == Stage.allCases)
                let shown = board.columns.flatMap(\.bookings)
                #expect(Set(shown.map(\.id)) == Set(expected.map(\.id)))
                #expect(shown.count == expected.count)
                for column in board.columns {
                    #expect(column.bookings.allSatisfy { $0.stage == column.stage })
                    let keys = column.bookings.map { BookingKey($0) }
                    #expect(keys == keys.sorted())
                }
                cards += shown.count
            }
        }
        #expect(cards == organization.bookings.count)
    }

    @Test("without a date the board shows today, as the location's clock has it")
    func today() throws {
        let spa = try Spa()
        var now = Instant(try spa.at(0))
        #expect(
            try spa.organization.board(spa.location, date: nil, now: now).date == day(2026, 10, 19))
        now = Instant(milliseconds: now.milliseconds - 1)
        #expect(
            try spa.organization.board(spa.location, date: nil, now: now).date == day(2026, 10, 18))
    }
}
