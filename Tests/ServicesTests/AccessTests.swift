import SlotdAPI
import SwiftProtobuf
import Testing

@testable import Services

/// What the access log tells of a call, and that it can tell nothing else.
@Suite struct AccessTests {
    static let booking = "booking_01h455vb4pex5vsknk084sn02q"

    @Test(
        "Every look at patients' records is one, and nothing else is",
        arguments: [
            ("PatientService/GetPatient", AccessKind.read),
            ("PatientService/ListPatients", .search),
            ("BookingService/GetBooking", .read), ("BookingService/ListWaitlist", .search),
            ("BoardService/GetBoard", .search), ("BoardService/WatchBoard", .search),
            ("BookingService/WatchBooking", .read), ("ProcedureService/GetProcedure", .read),
            ("ProcedureService/ListAttachableBookings", .search), ("ExportService/Export", .search),
            ("BillingService/ExportCharges", .search), ("AdminService/ListEvents", .search),
            ("CatalogService/ListLocations", .other), ("AvailabilityService/FindSlots", .other),
            ("AvailabilityService/StreamSlots", .other), ("AdminService/GetClock", .other),
            ("PatientService/CreatePatient", .change), ("ImportService/Import", .change),
            ("BookingService/CancelBooking", .change), ("ScheduleService/AddTimeOff", .change),
            ("BookingService/Invented", .change),
        ])
    func kinds(rpc: String, kind: AccessKind) {
        #expect(AccessKind(rpc: rpc) == kind)
    }

    @Test("Ids are found wherever they stand in a message, once each, and nothing else is")
    func ids() throws {
        let patient = "patient_01h455vb4pex5vsknk084sn02r"
        let request = Slotd_V1_CreateBookingRequest.with {
            $0.requestID = "booking_in-the-key"
            $0.patientID = patient
            $0.booking.note = "as \(Self.booking), not person_01h455vb4pex5vsknk084sn02q, Jane"
            $0.booking.serviceID = "ref:Jane_Doe"
        }
        var note = AccessNote(
            rpc: "BookingService/CreateBooking", kind: .change, organization: nil, actor: nil,
            role: nil, progress: .opened, nanoseconds: 0)
        let bytes: [UInt8] = try request.serializedBytes()
        note.request = bytes[...]
        note.reply = bytes[...]
        #expect(note.ids == [patient, Self.booking])
        #expect(note.requestID == "booking_in-the-key")
        note.kind = .read
        #expect(note.requestID == nil, "the first field of a question is no key")
    }

    @Test(
        "An id counts with exactly its digits",
        arguments: [
            "booking_01h455vb4pex5vsknk084sn02", "booking_01h455vb4pex5vsknk084sn0il",
            "_01h455vb4pex5vsknk084sn02q", "nobody_01h455vb4pex5vsknk084sn02q",
            "Booking-01h455vb4pex5vsknk084sn02q", "",
        ])
    func noIDs(text: String) {
        #expect(WireText.ids(in: Array(text.utf8)[...]).isEmpty)
    }

    @Test("A message that is cut anywhere is looked through without a trap")
    func cut() throws {
        let request = Slotd_V1_GetBookingRequest.with { $0.id = Self.booking }
        let whole: [UInt8] =
            [0x20, 0xFF, 0x01, 0x31, 1, 2, 3, 4, 5, 6, 7, 8]
            + (try request.serializedBytes())
        for length in 0...whole.count {
            let cut = whole[..<length]
            #expect(WireText.ids(in: cut) == (length == whole.count ? [Self.booking] : []))
            let text = WireText.string(field: 1, of: cut)
            #expect(text == (length == whole.count ? Self.booking : nil))
        }
        #expect(WireText.string(field: 1, of: [UInt8](repeating: 0xFF, count: 20)[...]) == nil)
        #expect(WireText.string(field: 1, of: [0x0A, 2, 0xFF, 0xFE][...]) == nil)
    }

    @Test("A note names at most sixteen records")
    func most() {
        var note = AccessNote(
            rpc: "BookingService/ListBookings", kind: .search, organization: nil, actor: nil,
            role: nil, progress: .opened, nanoseconds: 0)
        let digits = Array("0123456789abcdefghjk")
        note.reply = digits.flatMap { Array("booking_01h455vb4pex5vsknk084sn02\($0) ".utf8) }[...]
        #expect(note.ids.count == 16)
    }
}
