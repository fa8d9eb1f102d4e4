internal import ArgumentParser
internal import Foundation
internal import RPC
internal import SlotdAPI
internal import SwiftProtobuf

/// Books distinct slots of an empty daemon, each in a call of its own that is answered when the
/// booking is durable.
///
/// Booking number i takes slot number (i × 611953) mod 960000 of 100 providers by 9600 quarter
/// hours: scattered over a hundred days, and all distinct because the factor and the count have no
/// common divisor. `Peers/postgres/book.sql` books the same slots in the same order.
struct Book: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Book distinct slots of an empty slotd, each call durable.")

    @OptionGroup var options: ServerOptions
    @OptionGroup var pace: PaceOptions

    private static let providerCount = 100
    private static let slotCount = 960_000
    private static let stride = 611_953
    /// One answer in so many is decoded and compared with its request, field by field.
    private static let checkInterval = 64

    func run() async throws {
        let client = try Client.of(options.server)
        let catalog = try await Catalog.create(
            Catalog.Plan(
                providerCount: Self.providerCount, patientCount: 100, hours: 0..<1440, days: 1...7,
                durations: [15], bufferAfter: 0, horizonDays: 180),
            on: client)
        await client.close()
        let firstMinute = (Int64(Date().timeIntervalSince1970) / 86400 + 2) * 1440
        let run = LoadRun(question(catalog, firstMinute: firstMinute), pace: pace)
        let report = try await run.run(server: options.server)
        try printJSON(report)
        if !report.errors.isEmpty { throw ExitCode.failure }
    }

    private func question(_ catalog: Catalog, firstMinute: Int64) -> Question {
        func request(_ number: Int) -> Slotd_V1_CreateBookingRequest {
            let slot = number * Self.stride % Self.slotCount
            let provider = slot % Self.providerCount
            let minute = firstMinute + Int64(slot / Self.providerCount * 15)
            // Its own message is written once, and then moved: field by field through the request
            // cost the generator a fifth of its time.
            var booking = Slotd_V1_NewBooking()
            booking.locationID = catalog.location
            booking.serviceID = catalog.service
            booking.providerID = catalog.providers[provider]
            booking.start = Google_Protobuf_Timestamp(minutes: minute)
            var request = Slotd_V1_CreateBookingRequest()
            request.requestID = "slotload-\(number)"
            request.patientID = catalog.patients[provider]
            request.booking = booking
            return request
        }
        return Question(
            path: Methods.BookingService.createBooking.path,
            request: { $0 < Self.slotCount ? encoded(request($0)) : nil },
            isRight: { number, answer in
                guard number % Self.checkInterval == 0 else { return !answer.isEmpty }
                guard let answer = try? Slotd_V1_CreateBookingResponse(serializedBytes: answer)
                else { return false }
                let asked = request(number)
                return !answer.replayed && answer.booking.start == asked.booking.start
                    && answer.booking.patientID == asked.patientID
                    && answer.booking.segments.map(\.providerID) == [asked.booking.providerID]
            })
    }
}

/// Encoding fails only for required fields, which the API does not have.
private func encoded(_ request: Slotd_V1_CreateBookingRequest) -> [UInt8] {
    do {
        return try request.serializedBytes()
    } catch {
        preconditionFailure("a request cannot be encoded: \(error)")
    }
}
