/// What a call does with what is kept about patients.
///
/// Told from the method's name, so that a method that is added later has a kind without anybody's
/// remembering it; a name that says nothing counts as a change, which is never left out by
/// accident.
public enum AccessKind: String, Sendable {
    /// Looks for patients, or lists what is kept about several of them.
    case search
    /// Shows what is kept about one.
    case read
    /// Changes something; the audit trail has what.
    case change
    /// Asks for free time, the catalog or the settings: nothing about a patient.
    case other

    /// Services that know no patient but in the methods named below.
    private static let impersonal: Set<Substring> = [
        "AdminService", "AvailabilityService", "CatalogService", "ScheduleService",
    ]
    /// Methods of these that tell of bookings or of changes all the same.
    private static let personal: Set<Substring> = [
        "ListEvents", "GetRecordHistory", "ListStranded", "ListFreeBusy",
    ]
    /// How the names of methods begin that change nothing.
    private static let asking = [
        "Get", "List", "Find", "Stream", "Check", "Explain", "Watch", "Export", "Verify", "Search",
    ]

    /// The kind of a method named as in `BookingService/GetBooking`.
    public init(rpc: String) {
        let parts = rpc.split(separator: "/")
        guard parts.count == 2, AccessKind.asking.contains(where: { parts[1].hasPrefix($0) })
        else {
            self = .change
            return
        }
        if AccessKind.impersonal.contains(parts[0]), !AccessKind.personal.contains(parts[1]) {
            self = .other
        } else if parts[1].hasPrefix("Get") && parts[1] != "GetBoard" || parts[1] == "WatchBooking"
        {
            self = .read
        } else {
            self = .search
        }
    }

    /// Whether staff look at patients' records with it: such a call is always told of
    /// (procedures.md, 9), since a query leaves nothing in the audit trail.
    public var looksAtPatients: Bool { self == .search || self == .read }
}
