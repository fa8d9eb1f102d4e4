internal import Foundation
internal import SlotdAPI
internal import SwiftProtobuf
internal import Testing

@testable internal import slotctl

struct MedschedulerTests {
    private var folder: String {
        Bundle.module.bundleURL.appendingPathComponent("Fixtures/medscheduler").path
    }

    private func items(zone: String = "UTC") throws -> [ImportItem] {
        let data = try MedschedulerData.read(folder: folder)
        #expect(data.refusals.isEmpty)
        let items = MedschedulerMapping(data, zone: try Zone(name: zone)).items
        return (0..<items.count).map(items.item)
    }

    private func bookings(_ items: [ImportItem]) -> [Slotd_V1_ImportBooking] {
        items.compactMap { if case .booking(let record) = $0.record { record } else { nil } }
    }

    @Test("appointments go in the order in which they were made, after all that they name")
    func order() throws {
        let items = try items()
        let kinds = items.map(\.kind)
        #expect(kinds == kinds.sorted { $0.rawValue < $1.rawValue })
        #expect(
            bookings(items).map(\.externalRef) == [
                "a-003", "a-004", "a-001", "a-005", "a-006", "a-002", "a-007", "b-001", "b-002",
            ])
        #expect(items.last?.source == SourceLine(file: "appointments.csv", line: 10))
    }

    @Test("each course becomes a history with its own times, cut to the minute, past midnight too")
    func courses() throws {
        let histories = Dictionary(
            uniqueKeysWithValues: bookings(try items()).map { booking in
                (
                    booking.externalRef,
                    booking.stageHistory.map { "\($0.stage) \(Moment($0.at).rfc3339())" }
                )
            })
        #expect(
            histories["a-003"] == ["new 2022-12-20T00:00:00Z", "cancelled 2022-12-20T00:00:00Z"])
        #expect(
            histories["a-004"] == [
                "new 2022-12-20T00:00:00Z", "checkIn 2023-01-02T08:50:00Z",
                "inProcedure 2023-01-02T09:01:00Z", "checkout 2023-01-02T09:09:00Z",
            ])
        #expect(
            histories["a-006"] == ["new 2022-12-22T00:00:00Z", "noShow 2023-01-02T09:30:00Z"])
        #expect(
            histories["b-001"]?.suffix(2) == [
                "inProcedure 2023-01-31T23:54:00Z", "checkout 2023-02-01T00:02:00Z",
            ])
        #expect(histories["b-002"] == ["new 2023-01-01T00:00:00Z"])
    }

    @Test("a booking has its slot's length, and says when it was made, by the clock of the place")
    func slots() throws {
        let booking = try #require(bookings(try items(zone: "America/Chicago")).first)
        #expect(Moment(booking.start).rfc3339() == "2023-01-02T15:00:00Z")
        #expect(booking.end.seconds - booking.start.seconds == 15 * 60)
        #expect(Moment(booking.bookedAt).rfc3339() == "2022-12-20T06:00:00Z")
        #expect(booking.serviceRef == "visit-15" && booking.locationRef == "north")
    }

    @Test("hours are what the slots cover, joined where they touch")
    func hours() throws {
        let hours = try items().compactMap { item in
            if case .provider(let record) = item.record {
                record.schedules.flatMap(\.hours)
                    .map { "\($0.day) \($0.startMinute) \($0.endMinute)" }
            } else {
                nil
            }
        }
        #expect(hours == [["monday 540 570", "monday 690 705"], ["tuesday 1000 1030"]])
    }

    @Test("a line that makes no sense is refused with its file, line and column, and the rest read")
    func badLines() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("slotctl-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        try write(
            "slots.csv",
            """
            provider_id,location_id,slot_id,appointment_date,appointment_time,slot_minutes
            a,north,s-1,2023-01-02,09:00:00,15
            a,north,s-1,2023-01-02,09:15:00,15
            a,north,s-2,2023-02-30,09:15:00,15
            a,north,s-3,2023-01-02,9:15,15
            a,north,s-4,2023-01-02,09:15:00,0
            """)
        try write("patients.csv", "patient_id,name,dob\np-1,Una,1979-06-09\n,Bo,\n\"p")
        let heading =
            "provider_id,appointment_id,slot_id,scheduling_date,appointment_date,"
            + "appointment_time,status,check_in_time,start_time,end_time,patient_id\n"
        try write(
            "appointments.csv",
            heading + """
                a,1,s-1,2022-12-20,2023-01-02,09:00:00,scheduled,,,,p-1
                a,2,s-9,2022-12-20,2023-01-02,09:00:00,scheduled,,,,p-1
                a,3,s-1,2022-12-20,2023-01-02,09:15:00,scheduled,,,,p-1
                a,4,s-1,2022-12-20,2023-01-02,09:00:00,moved,,,,p-1
                a,5,s-1,2022-12-20,2023-01-02,09:00:00,attended,08:50:00,,,p-1
                a,6,s-1,2022-12-20
                """)
        let data = try MedschedulerData.read(folder: folder)
        #expect(data.appointments.map(\.reference) == ["1"])
        #expect(
            data.refusals.map(\.line) == [
                "slots.csv:3: slot_id stands there twice (INVALID_VALUE)",
                "slots.csv:4: appointment_date “2023-02-30” is no date (INVALID_VALUE)",
                "slots.csv:5: appointment_time “9:15” is no time of day (INVALID_VALUE)",
                "slots.csv:6: slot_minutes is no number of 1 to 1440 (INVALID_VALUE)",
                "patients.csv:3: patient_id is empty (INVALID_VALUE)",
                "patients.csv:4: a quoted field that begins here never ends (INVALID_VALUE)",
                "appointments.csv:3: slot_id s-9 is not in slots.csv (INVALID_VALUE)",
                "appointments.csv:4: it is not at the time of its slot s-1 (INVALID_VALUE)",
                "appointments.csv:5: status “moved” tells of no course (INVALID_VALUE)",
                "appointments.csv:6: start_time “” is no time of day (INVALID_VALUE)",
                "appointments.csv:7: the record has 4 fields, its heading 11 (INVALID_VALUE)",
            ])
    }
}
