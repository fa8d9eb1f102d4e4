internal import Intervals
internal import SQLite
internal import Scheduling

/// A record as a row of its table: the columns for people. Every row has `id`, `organization` and
/// `record` besides.
protocol TableRow {
    /// Names of the columns.
    static var columns: [String] { get }
    /// Their values, in the same order.
    var values: [Value] { get }
}

/// Where records of a kind are kept.
struct TableLayout {
    let name: String
    /// The columns for people.
    let columns: [String]

    init(_ kind: RecordKind) {
        (name, columns) =
            switch kind {
            case .organization: ("organizations", OrganizationProfile.columns)
            case .location: ("locations", Location.columns)
            case .provider: ("providers", Provider.columns)
            case .service: ("services", Service.columns)
            case .procedureType: ("procedure_types", ProcedureType.columns)
            case .patient: ("patients", Patient.columns)
            case .booking: ("bookings", Booking.columns)
            case .hold: ("holds", Hold.columns)
            case .procedure: ("procedures", Procedure.columns)
            case .attachment: ("attachments", Attachment.columns)
            case .resource: ("resources", Resource.columns)
            case .charge: ("charges", Charge.columns)
            case .waitlistEntry: ("waitlist", WaitlistEntry.columns)
            }
    }
}

extension Record {
    /// The columns for people.
    var values: [Value] {
        switch self {
        case .organization(let record): record.values
        case .location(let record): record.values
        case .provider(let record): record.values
        case .service(let record): record.values
        case .procedureType(let record): record.values
        case .patient(let record): record.values
        case .booking(let record): record.values
        case .hold(let record): record.values
        case .procedure(let record): record.values
        case .attachment(let record): record.values
        case .resource(let record): record.values
        case .charge(let record): record.values
        case .waitlistEntry(let record): record.values
        }
    }

    /// What it keeps of its providers' time: a segment's own, and those that it takes besides.
    var occupancies: [ProviderTime] {
        let segments =
            switch self {
            case .booking(let booking): booking.occupancies
            case .hold(let hold): hold.segments
            default: [] as [BookingSegment]
            }
        var times: [ProviderTime] = []
        for (index, segment) in segments.enumerated() {
            let first = times.count
            func add(_ provider: Identifier<Provider>) {
                // A segment takes few.
                if times[first...].contains(where: { $0.provider == provider }) { return }
                times.append(
                    ProviderTime(
                        segment: index + 1, provider: provider, interval: segment.padded))
            }
            add(segment.provider)
            for use in segment.uses { if let provider = use.provider { add(provider) } }
        }
        return times
    }
}

/// A row of `occupancies`, but for its owner.
struct ProviderTime {
    /// 1 for the first.
    let segment: Int
    let provider: Identifier<Provider>
    /// From the first buffer to the last, also where not all phases take the provider.
    let interval: Interval
}

extension RecordKind {
    /// Whether records of this kind can have rows in `occupancies`.
    var occupies: Bool { self == .booking || self == .hold }
}

extension Value {
    static func id<Record>(_ id: Identifier<Record>) -> Value { .text(id.description) }
    static func id<Record>(_ id: Identifier<Record>?) -> Value { id.map { .id($0) } ?? .null }
    /// NULL for the empty text.
    static func reference(_ text: String) -> Value { text.isEmpty ? .null : .text(text) }
    static func flag(_ flag: Bool) -> Value { .integer(flag ? 1 : 0) }
    static func number(_ number: Int32) -> Value { .integer(Int64(number)) }
    static func milliseconds(_ instant: Instant) -> Value { .integer(instant.milliseconds) }
    static func milliseconds(_ instant: Instant?) -> Value {
        instant.map { .integer($0.milliseconds) } ?? .null
    }
    static func seconds(_ minute: Minute) -> Value { .integer(Int64(minute.sinceEpoch) * 60) }
}
