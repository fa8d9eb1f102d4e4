internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// A request for a change that may strand bookings.
protocol StrandingRequest: UpdateRequest {
    var dryRun: Bool { get set }
    var onStranded: Slotd_V1_StrandedPolicy { get set }
}

/// What such a change did.
protocol StrandingReply: UpdateReply {
    var stranded: [Slotd_V1_StrandedBooking] { get }
    var strandedCount: Int32 { get }
}

extension Slotd_V1_UpdateOrganizationRequest: StrandingRequest {}
extension Slotd_V1_UpdateOrganizationResponse: StrandingReply {}
extension Slotd_V1_UpdateLocationRequest: StrandingRequest {}
extension Slotd_V1_UpdateLocationResponse: StrandingReply {}
extension Slotd_V1_UpdateProviderRequest: StrandingRequest {}
extension Slotd_V1_UpdateProviderResponse: StrandingReply {}
extension Slotd_V1_UpdateServiceRequest: StrandingRequest {}
extension Slotd_V1_UpdateServiceResponse: StrandingReply {}
extension Slotd_V1_UpdateResourceRequest: StrandingRequest {}
extension Slotd_V1_UpdateResourceResponse: StrandingReply {}

extension Slotd_V1_SetLocationHoursRequest: StrandingRequest {}
extension Slotd_V1_SetLocationHoursResponse: StrandingReply {}
extension Slotd_V1_SetLocationDayRequest: StrandingRequest {}
extension Slotd_V1_SetLocationDayResponse: StrandingReply {}
extension Slotd_V1_AddClosureRequest: StrandingRequest {}
extension Slotd_V1_AddClosureResponse: StrandingReply {}
extension Slotd_V1_RemoveClosureRequest: StrandingRequest {}
extension Slotd_V1_RemoveClosureResponse: StrandingReply {}
extension Slotd_V1_SetProviderHoursRequest: StrandingRequest {}
extension Slotd_V1_SetProviderHoursResponse: StrandingReply {}
extension Slotd_V1_SetProviderDayRequest: StrandingRequest {}
extension Slotd_V1_SetProviderDayResponse: StrandingReply {}
extension Slotd_V1_AddTimeOffRequest: StrandingRequest {}
extension Slotd_V1_AddTimeOffResponse: StrandingReply {}
extension Slotd_V1_RemoveTimeOffRequest: StrandingRequest {}
extension Slotd_V1_RemoveTimeOffResponse: StrandingReply {}
extension Slotd_V1_AddOutageRequest: StrandingRequest {}
extension Slotd_V1_AddOutageResponse: StrandingReply {}
extension Slotd_V1_RemoveOutageRequest: StrandingRequest {}
extension Slotd_V1_RemoveOutageResponse: StrandingReply {}

/// Whether a change that may strand bookings is made.
struct TrialFlags: ParsableArguments {
    @Flag(help: "Change nothing: only tell which bookings it would strand.") var dryRun = false
    @Flag(help: "Change nothing, and fail, if it would strand any booking.")
    var refuseIfAny = false

    func mark(_ request: inout some StrandingRequest) {
        request.dryRun = dryRun
        request.onStranded = refuseIfAny ? .refuseIfAny : .keepAndFlag
    }

    /// Says what became of the change.
    func note(_ reply: some StrandingReply, _ session: Session) {
        let count = Int(reply.strandedCount)
        let bookings = count == 1 ? "1 booking" : "\(count) bookings"
        session.output.note(
            dryRun
                ? "Nothing was changed. It would strand \(count == 0 ? "no booking" : bookings)."
                : count == 0
                    ? "Done. It strands no booking."
                    : "Done. It strands \(bookings): they stay, and are shown to be out of hours.")
        if count > reply.stranded.count {
            session.output.note("The first \(reply.stranded.count) of them:")
        }
    }
}

/// What commands take whose whole answer is whom a change strands.
struct TrialOptions: ParsableArguments {
    @OptionGroup var trial: TrialFlags
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    /// Sends a change, and shows whom it strands.
    func send<Request: StrandingRequest, Response: StrandingReply>(
        _ method: Method<Request, Response>, _ change: Request, _ session: Session
    ) async throws(CommandFailure) {
        var change = change
        change.requestID = request.make(session)
        change.expectedVersion = version.expected
        trial.mark(&change)
        let reply = try await session.api.call(method, change)
        session.noteReplay(reply.replayed)
        trial.note(reply, session)
        if reply.strandedCount == 0, session.output.format == .table { return }
        try session.output.list(
            reply.stranded, as: .stranded, try await session.directoryOfStranded(),
            extras: [
                ("dryRun", "\(trial.dryRun)"), ("strandedCount", "\(reply.strandedCount)"),
            ])
    }
}

extension RecordChange where Request: StrandingRequest, Response: StrandingReply {
    /// As `send`, and shows the record and whom the change strands, where that is asked or it does.
    func show<Record: Message>(
        _ trial: TrialFlags, _ session: Session, _ record: KeyPath<Response, Record>,
        as view: RecordView<Record>, _ directory: () async throws(CommandFailure) -> Directory,
        _ make: () async throws(CommandFailure) -> Request
    ) async throws(CommandFailure) {
        let reply = try await send(session) { () async throws(CommandFailure) -> Request in
            var request = try await make()
            trial.mark(&request)
            return request
        }
        let concerns = trial.dryRun || reply.strandedCount > 0
        if concerns { trial.note(reply, session) }
        try session.output.single(
            reply[keyPath: record], as: view, reply: reply, try await directory())
        guard concerns, !reply.stranded.isEmpty, session.output.format == .table else { return }
        session.output.writeLine("")
        try session.output.list(
            reply.stranded, as: .stranded, try await session.directoryOfStranded())
    }
}

extension Session {
    /// The names and zones that stranded bookings mention; empty for formats that machines read.
    func directoryOfStranded() async throws(CommandFailure) -> Directory {
        guard output.format.isForPeople else { return .empty }
        var directory = try await directoryOfLocations()
        directory.add(try await providers(includingDisabled: true))
        return directory
    }
}
