internal import GRPCWire
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// Changes that may strand bookings, of schedules and of whole records: each can be tried first, and
// can be refused when it strands any.

/// Asks for such a change.
protocol ScheduleRequest: UpdateRequest {
    var dryRun: Bool { get }
    var onStranded: Slotd_V1_StrandedPolicy { get }
}

/// Tells what such a change did.
protocol ScheduleReply: RevisionedReply {
    var stranded: [Slotd_V1_StrandedBooking] { get set }
    var strandedCount: Int32 { get set }
}

extension ScheduleRequest {
    /// What becomes of the change when it strands bookings.
    func policy() throws(Rejection) -> StrandedPolicy {
        try enumeration(onStranded.rawValue, "on_stranded", as: StrandedPolicy.self)
            ?? .keepAndFlag
    }
}

extension ScheduleReply {
    static func showing<Shown: RecordMessage>(
        _ change: ScheduleChange<Shown.Row>, in field: WritableKeyPath<Self, Shown>,
        of organization: Organization
    ) -> Self {
        var reply = Self()
        reply[keyPath: field] = Shown(change.row)
        reply.show(change.stranded)
        reply.revision = organization.position
        return reply
    }

    mutating func show(_ all: [StrandedBooking]) {
        stranded = all.prefix(1000).map { Slotd_V1_StrandedBooking($0) }
        strandedCount = Int32(clamping: all.count)
    }
}

extension Services {
    /// Registers the method that replaces records of a kind that bookings depend on.
    func update<Request: ScheduleRequest, Response: ScheduleReply, Shown: RecordMessage>(
        _ method: Method<Request, Response>,
        orStrand given: KeyPath<Request, Shown> & Sendable,
        reply shown: WritableKeyPath<Response, Shown> & Sendable, in table: inout ServiceTable
    ) {
        mutation(method, in: &table) { request, organization, _ throws(Rejection) in
            let message = request[keyPath: given]
            let id: Identifier<Shown.Row> = try identifier(
                message.id, "\(Shown.field).id", Shown.Row.kind, in: organization)
            let new = try Shown.Row.Details(message, in: organization)
            return ChangeSchedule<Shown.Row>(
                id, expectedVersion: try expected(request.expectedVersion),
                isDryRun: request.dryRun, policy: try request.policy()
            ) { details throws(Rejection) in details = new }
        } reply: { change, organization in
            .showing(change, in: shown, of: organization)
        }
    }
}

extension Slotd_V1_StrandedBooking {
    init(_ stranded: StrandedBooking) {
        let booking = stranded.booking
        self.init()
        bookingID = booking.id.description
        version = booking.version
        stage = Slotd_V1_Stage(booking.stage)
        start = Google_Protobuf_Timestamp(booking.start)
        end = Google_Protobuf_Timestamp(booking.end)
        locationID = booking.location.description
        providerID = booking.segments[0].provider.description
        reasons = stranded.reasons.map { Slotd_V1_Reason($0) }
    }
}
