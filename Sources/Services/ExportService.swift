internal import Engine
internal import GRPCWire
internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

extension Services {
    func registerRecordExport(in table: inout ServiceTable) {
        let method = Methods.ExportService.export
        table.stream(method.path, kind: .server) { stream throws(Status) in
            let (request, caller) = try await opening(stream, of: method)
            let export = RecordExport(engine: engine, caller: caller, request: request)
            var place: RecordExport.Place? = .start
            var count = 0
            while let here = place {
                var page = try await export.page(here)
                for index in page.response.records.indices {
                    page.response.records[index].sequence = Int64(count + index)
                }
                count += page.response.records.count
                if !page.response.records.isEmpty {
                    try await stream.send(encoded(page.response), compress: true)
                }
                place = page.next
            }
        }
    }
}

/// Reads records page by page: none holds the organization for long.
private struct RecordExport: Sendable {
    let engine: Engine
    let caller: Caller
    let request: Slotd_V1_ExportRequest

    /// What was sent before a page.
    enum Place: Sendable {
        case start
        case patients(PatientExportCursor)
        /// All bookings that start before this.
        case bookings(Minute)
    }

    struct Page: Sendable {
        var response: Slotd_V1_ExportResponse
        var next: Place?
    }

    private static let recordsPerMessage = 256

    func page(_ place: Place) async throws(Status) -> Page {
        let result: Result<Page, Rejection> = await withCheckedContinuation { continuation in
            let now = engine.query(caller.cell, loop: caller.loop) {
                organization, _ throws(Rejection) in
                try read(organization, place)
            } release: { result in
                continuation.resume(returning: result)
            }
            if let now { continuation.resume(returning: now) }
        }
        switch result {
        case .success(let page): return page
        case .failure(let rejection): throw Status(rejection, now: engine.now)
        }
    }

    private func read(
        _ organization: Organization, _ place: Place
    ) throws(Rejection) -> Page {
        var page: Page
        switch request.kind {
        case .patients: page = try patients(organization, place)
        case .bookings:
            page = try bookings(organization, place) { booking in
                [.with { $0.booking = Slotd_V1_ImportBooking(booking, in: organization) }]
            }
        case .procedures:
            page = try bookings(organization, place) { booking in
                organization.exportProcedures(of: booking).map { procedure, attachment in
                    .with {
                        $0.procedure = Slotd_V1_ImportProcedure(
                            procedure, attachment, of: booking, in: organization)
                    }
                }
            }
        case .unspecified: throw .invalid("kind", "is missing")
        case .UNRECOGNIZED(let number):
            throw .invalid("kind", "\(number) is not one of its values")
        }
        page.response.revision = organization.position
        return page
    }

    private func patients(
        _ organization: Organization, _ place: Place
    ) throws(Rejection) -> Page {
        guard request.locationID.isEmpty else { throw .invalid("location_id", "not of patients") }
        guard !request.hasFrom else { throw .invalid("from", "not of patients") }
        guard !request.hasTo else { throw .invalid("to", "not of patients") }
        var cursor = PatientExportCursor()
        if case .patients(let known) = place { cursor = known }
        let found = organization.exportPatients(after: cursor, limit: Self.recordsPerMessage)
        return Page(
            response: .with {
                $0.records = found.rows.map { row in
                    .with { $0.patient = Slotd_V1_Patient(exported: row) }
                }
            },
            next: found.next.map { .patients($0) })
    }

    private func bookings(
        _ organization: Organization, _ place: Place,
        _ records: (Booking) -> [Slotd_V1_ImportRequest]
    ) throws(Rejection) -> Page {
        var filter = BookingFilter()
        let location: Location? = try optionalRecord(
            request.locationID, field: "location_id", in: organization)
        filter.location = location?.id
        if request.hasFrom { filter.from = try minute(request.from, isSet: true, "from") }
        if request.hasTo { filter.to = try minute(request.to, isSet: true, "to") }
        if let from = filter.from, let to = filter.to, to < from {
            throw .invalid("to", "lies before from")
        }
        var start: Minute?
        if case .bookings(let known) = place { start = known }
        let found = organization.exportBookings(
            filter, from: start, limit: Self.recordsPerMessage)
        return Page(
            response: .with { $0.records = found.rows.flatMap(records) },
            next: found.next.map { .bookings($0) })
    }
}
