public import Intervals

/// A room or a device at a location.
public struct Resource: DetailedRecord {
    public static let idPrefix = "resource"
    public let id: Identifier<Resource>
    public let version: Int64
    public let details: Details

    /// What the client gives of a resource.
    public struct Details: RecordDetails {
        public var externalRef = ""
        public var name = ""
        public var kind = ResourceKind.room
        public var location: Identifier<Location>
        /// The pool that it serves beside others like it; empty: it is only had by name.
        public var pool = ""
        /// How many visits it serves at a time.
        public var units: Int32 = 1
        /// When it can be used; none: whenever the location is open.
        public var hours: [WeeklyInterval] = []
        /// When it is out of use.
        public var outages: [Closure] = []
        public var isArchived = false

        public init(location: Identifier<Location>) {
            self.location = location
        }
    }

    public init(id: Identifier<Resource>, version: Int64, details: Details) {
        self.id = id
        self.version = version
        self.details = details
    }
}

/// What kind of thing is booked with a visit. The numbers are the API's.
public enum ResourceKind: UInt8, CaseIterable, Sendable {
    case provider = 1
    case room = 2
    case device = 3
}
