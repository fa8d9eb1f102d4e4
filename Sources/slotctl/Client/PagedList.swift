internal import SlotdAPI
internal import SwiftProtobuf

/// One page of an answer. It may be empty and yet have a next one.
protocol PagedReply: Message {
    associatedtype Element
    /// What the page holds.
    var elements: [Element] { get }
    /// Where the next page begins; empty: this is the last.
    var nextPageToken: String { get set }
}

extension APIClient {
    /// Collects all pages of a list, up to `limit` records.
    func pages<Request: PagedRequest, Reply: PagedReply>(
        _ method: Method<Request, Reply>, _ request: Request, limit: Int = .max,
        pageSize: Int = 1000
    ) async throws(CommandFailure) -> (records: [Reply.Element], isTruncated: Bool) {
        var records: [Reply.Element] = []
        let isTruncated = try await forEachPage(method, request, limit: limit, pageSize: pageSize) {
            records += $0
        }
        return (records, isTruncated)
    }

    /// Collects a whole list.
    func all<Request: PagedRequest, Reply: PagedReply>(
        _ method: Method<Request, Reply>, _ request: Request
    ) async throws(CommandFailure) -> [Reply.Element] {
        try await pages(method, request).records
    }

    /// Hands over the pages of a list, up to `limit` records.
    ///
    /// - Returns: whether there are more.
    func forEachPage<Request: PagedRequest, Reply: PagedReply>(
        _ method: Method<Request, Reply>, _ request: Request, limit: Int, pageSize: Int,
        _ body: ([Reply.Element]) throws(CommandFailure) -> Void
    ) async throws(CommandFailure) -> Bool {
        var request = request
        var count = 0
        repeat {
            request.pageSize = Int32(min(pageSize, limit - count))
            let page = try await call(method, request)
            try body(page.elements)
            count += page.elements.count
            request.pageToken = page.nextPageToken
        } while !request.pageToken.isEmpty && count < limit
        return !request.pageToken.isEmpty
    }
}

extension Slotd_V1_ListLocationsResponse: PagedReply {
    var elements: [Slotd_V1_Location] { locations }
}
extension Slotd_V1_ListProvidersResponse: PagedReply {
    var elements: [Slotd_V1_Provider] { providers }
}
extension Slotd_V1_ListServicesResponse: PagedReply {
    var elements: [Slotd_V1_Service] { services }
}
extension Slotd_V1_ListResourcesResponse: PagedReply {
    var elements: [Slotd_V1_Resource] { resources }
}
extension Slotd_V1_ListProcedureTypesResponse: PagedReply {
    var elements: [Slotd_V1_ProcedureType] { procedureTypes }
}
extension Slotd_V1_ListPatientsResponse: PagedReply {
    var elements: [Slotd_V1_Patient] { patients }
}
extension Slotd_V1_ListOrganizationsResponse: PagedReply {
    var elements: [Slotd_V1_Organization] { organizations }
}
extension Slotd_V1_ListBookingsResponse: PagedReply {
    var elements: [Slotd_V1_Booking] { bookings }
}
extension Slotd_V1_ListWaitlistResponse: PagedReply {
    var elements: [Slotd_V1_WaitlistEntry] { entries }
}
extension Slotd_V1_ListProceduresResponse: PagedReply {
    var elements: [Slotd_V1_Procedure] { procedures }
}
extension Slotd_V1_ListChargesResponse: PagedReply {
    var elements: [Slotd_V1_Charge] { charges }
}
extension Slotd_V1_ListEventsResponse: PagedReply {
    var elements: [Slotd_V1_TrailEvent] { events }
}
extension Slotd_V1_ListStrandedResponse: PagedReply {
    var elements: [Slotd_V1_StrandedBooking] { bookings }
}
