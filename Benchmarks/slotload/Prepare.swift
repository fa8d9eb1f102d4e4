internal import ArgumentParser
internal import Foundation
internal import RPC
internal import SlotdAPI
internal import SwiftProtobuf
internal import Workload

/// Fills an empty daemon with a clinic that is half booked for three weeks, and writes the requests
/// that `find` and h2load repeat.
struct Prepare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fill an empty slotd with a half booked clinic; write the searches to repeat.",
        discussion: """
            Twenty providers work 8:00 to 20:00 at one location in New York, Monday to Saturday. \
            Visits of 30, 45 or 60 minutes, with 5 minutes of buffer, are booked at starts that \
            FindSlots offered, mostly the first, until about half of each provider's hours is taken.
            """)

    @OptionGroup var options: ServerOptions

    @Option(help: "Directory for find-one.bin and find-any.bin: requests with gRPC's prefix.")
    var output: String

    @Option(help: "Chooses the visits.")
    var seed: UInt64 = 1

    /// Half of twelve hours.
    private static let bookedMinutesADay = 360
    private static let dayCount: Int64 = 21
    private static let durations: [Int32] = [30, 45, 60]

    /// What was prepared, and what the two searches answer.
    private struct Summary: Encodable {
        var bookings: Int
        var searches: [String: Search]
    }

    private struct Search: Encodable {
        var providers: Int
        var slots: Int
        var requestBytes: Int
        var answerBytes: Int
    }

    func run() async throws {
        let client = try Client.of(options.server)
        let catalog = try await Catalog.create(
            Catalog.Plan(
                providerCount: 20, patientCount: 200, hours: 480..<1200, days: 1...6,
                durations: Self.durations, bufferAfter: 5, horizonDays: 180),
            on: client)
        let firstDay = Int64(Date().timeIntervalSince1970) / 86400 + 1
        let bookings = try await book(catalog, firstDay: firstDay, client)
        // A day in the midst of the booked weeks that is a working day: day 0 was a Thursday.
        let day = (firstDay + 9...firstDay + 16).first { ($0 + 3) % 7 == 2 }!
        var searches: [String: Search] = [:]
        for (name, providers) in [
            ("find-one", [try await typicalProvider(catalog, day: day, client)]),
            ("find-any", Array(catalog.providers[0..<5])),
        ] {
            searches[name] = try await write(
                name, catalog.search(day: day, duration: 30, providers: providers), client)
        }
        await client.close()
        try printJSON(Summary(bookings: bookings, searches: searches))
    }

    private func book(
        _ catalog: Catalog, firstDay: Int64, _ client: Client
    ) async throws -> Int {
        var random = SplitMix64(seed: seed)
        var count = 0
        for day in firstDay..<firstDay + Self.dayCount {
            for provider in catalog.providers {
                var rest = random.pick(Self.bookedMinutesADay - 120...Self.bookedMinutesADay + 120)
                // Each turn books at least half an hour or ends the day.
                while rest > 0, let duration = random.pick(Self.durations) {
                    let found = try await client.call(
                        Methods.AvailabilityService.findSlots,
                        catalog.search(day: day, duration: duration, providers: [provider]))
                    guard let first = found.slots.first else { break }
                    let start = random.chance(60) ? first : random.pick(found.slots) ?? first
                    _ = try await client.call(
                        Methods.BookingService.createBooking,
                        .with {
                            $0.patientID = random.pick(catalog.patients)!
                            $0.booking.locationID = catalog.location
                            $0.booking.serviceID = catalog.service
                            $0.booking.durationMinutes = duration
                            $0.booking.providerID = provider
                            $0.booking.start = start.start
                        })
                    count += 1
                    rest -= Int(duration)
                }
            }
        }
        return count
    }

    /// The provider whose number of free starts on that day is nearest to 16: on a full day there
    /// is little to find, and little to measure.
    private func typicalProvider(
        _ catalog: Catalog, day: Int64, _ client: Client
    ) async throws -> String {
        var best = (provider: "", distance: Int.max)
        for provider in catalog.providers {
            let found = try await client.call(
                Methods.AvailabilityService.findSlots,
                catalog.search(day: day, duration: 30, providers: [provider]))
            let distance = abs(found.slots.count - 16)
            if distance < best.distance { best = (provider, distance) }
        }
        return best.provider
    }

    /// Asks once, to know the answer, and writes the request for those who ask again.
    private func write(
        _ name: String, _ request: Slotd_V1_FindSlotsRequest, _ client: Client
    ) async throws -> Search {
        let message: [UInt8] = try request.serializedBytes()
        let answer = try await client.unary(
            Methods.AvailabilityService.findSlots.path, message: message
        ).message
        let found = try Slotd_V1_FindSlotsResponse(serializedBytes: answer)
        guard !found.slots.isEmpty else { throw LoadFailure(reason: "\(name) finds no slot") }
        let length = UInt32(message.count)
        let prefix = [0] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) }
        try Data(prefix + message).write(
            to: URL(fileURLWithPath: output).appendingPathComponent("\(name).bin"))
        return Search(
            providers: request.providerIds.count, slots: found.slots.count,
            requestBytes: message.count, answerBytes: answer.count)
    }
}

extension Catalog {
    /// Starts on a local day of New York, which begins four or five hours after UTC's; the hours of
    /// the clinic are far from both ends.
    fileprivate func search(
        day: Int64, duration: Int32, providers: [String]
    ) -> Slotd_V1_FindSlotsRequest {
        .with {
            $0.locationID = location
            $0.serviceID = service
            $0.durationMinutes = duration
            $0.providerIds = providers
            $0.from = Google_Protobuf_Timestamp(minutes: day * 1440 + 300)
            $0.to = Google_Protobuf_Timestamp(minutes: (day + 1) * 1440 + 300)
        }
    }
}
