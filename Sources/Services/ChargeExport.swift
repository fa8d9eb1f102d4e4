internal import Engine
internal import GRPCWire
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

extension Services {
    func registerExport(in table: inout ServiceTable) {
        let method = Methods.BillingService.exportCharges
        table.stream(method.path, kind: .server) { stream throws(Status) in
            var request: Slotd_V1_ExportChargesRequest?
            for try await message in stream.requests {
                do {
                    request = try Slotd_V1_ExportChargesRequest(serializedBytes: message.bytes)
                } catch {
                    throw Status(.internal, "the request is no slotd.v1.ExportChargesRequest")
                }
            }
            guard let request else { throw Status(.internal, "there was no request") }
            let caller: Caller
            do throws(Rejection) {
                caller = try self.caller(stream.metadata, loop: stream.loop)
            } catch {
                throw Status(error, now: engine.now)
            }
            let export = ChargeExport(engine: engine, caller: caller, request: request)
            var after: Identifier<Charge>?
            var isFirst = true
            repeat {
                let page = try await export.page(after: after, isFirst: isFirst)
                try await stream.send(encoded(page.response), compress: true)
                after = page.next
                isFirst = false
            } while after != nil
        }
    }
}

/// Reads charges page by page: none holds the organization for long.
private struct ChargeExport: Sendable {
    let engine: Engine
    let caller: Caller
    let request: Slotd_V1_ExportChargesRequest

    private static let rowsPerMessage = 256

    struct Page: Sendable {
        var response: Slotd_V1_ExportChargesResponse
        var next: Identifier<Charge>?
    }

    func page(after: Identifier<Charge>?, isFirst: Bool) async throws(Status) -> Page {
        let result: Result<Page, Rejection> = await withCheckedContinuation { continuation in
            let now = engine.query(caller.cell, loop: caller.loop) {
                organization, _ throws(Rejection) in
                try read(organization, after: after, isFirst: isFirst)
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
        _ organization: Organization, after: Identifier<Charge>?, isFirst: Bool
    ) throws(Rejection) -> Page {
        let isCSV: Bool
        switch request.format {
        case .unspecified, .csv: isCSV = true
        case .ndjson: isCSV = false
        case .UNRECOGNIZED(let number):
            throw .invalid("format", "\(number) is not one of its values")
        }
        let found = organization.listCharges(
            try ChargeFilter(request.filter, in: organization), after: after,
            limit: Self.rowsPerMessage)
        var response = Slotd_V1_ExportChargesResponse()
        if isCSV, isFirst { response.rows = ChargeRow.heading }
        for record in found.rows {
            let charge = Slotd_V1_Charge(record, in: organization)
            response.rows += isCSV ? ChargeRow.csv(charge) : try ChargeRow.json(charge)
        }
        response.count = Int32(found.rows.count)
        response.revision = organization.position
        return Page(response: response, next: found.next)
    }
}
