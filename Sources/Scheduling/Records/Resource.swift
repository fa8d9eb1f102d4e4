public import Intervals

/// A room or a device at a location.
public struct Resource: DetailedRecord {
    /// Ids begin with it.
    public static let idPrefix = "resource"
    /// Names it.
    public let id: Identifier<Resource>
    /// Grows by one with each change, from 1.
    public let version: Int64
    /// What the client gave.
    public let details: Details

    /// What the client gives of a resource.
    public struct Details: RecordDetails {
        /// The client's own name of it; empty: none.
        public var externalRef = ""
        /// For people.
        public var name = ""
        /// What it is.
        public var kind = ResourceKind.room
        /// Where it is, for good.
        public var location: Identifier<Location>
        /// The pool that it serves beside others like it; empty: it is only had by name.
        public var pool = ""
        /// How many visits it serves at a time.
        public var units: Int32 = 1
        /// When it can be used; none: whenever the location is open.
        public var hours: [WeeklyInterval] = []
        /// When it is out of use.
        public var outages: [Closure] = []
        /// Not offered any more; what is booked stays.
        public var isArchived = false

        /// A room with no name yet.
        public init(location: Identifier<Location>) {
            self.location = location
        }
    }

    /// A version of the record.
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
