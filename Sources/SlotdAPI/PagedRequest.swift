public import SwiftProtobuf

/// A question whose answer comes in pages: the methods that list records, and FindSlots.
public protocol PagedRequest: Message {
    /// How many rows a page has at most; 0: the server's choice.
    var pageSize: Int32 { get set }
    /// Where to go on, as the page before gave it; empty: at the beginning.
    var pageToken: String { get set }
}

extension Slotd_V1_FindSlotsRequest: PagedRequest {}
extension Slotd_V1_ListBookingsRequest: PagedRequest {}
extension Slotd_V1_ListChargesRequest: PagedRequest {}
extension Slotd_V1_ListEventsRequest: PagedRequest {}
extension Slotd_V1_ListLocationsRequest: PagedRequest {}
extension Slotd_V1_ListOrganizationsRequest: PagedRequest {}
extension Slotd_V1_ListPatientsRequest: PagedRequest {}
extension Slotd_V1_ListProcedureTypesRequest: PagedRequest {}
extension Slotd_V1_ListProceduresRequest: PagedRequest {}
extension Slotd_V1_ListProvidersRequest: PagedRequest {}
extension Slotd_V1_ListResourcesRequest: PagedRequest {}
extension Slotd_V1_ListServicesRequest: PagedRequest {}
extension Slotd_V1_ListStrandedRequest: PagedRequest {}
extension Slotd_V1_ListWaitlistRequest: PagedRequest {}
