internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// A request for a change that may strand bookings.
protocol StrandingRequest: Message {
    var requestID: String { get set }
    var expectedVersion: Int64 { get set }
    var dryRun: Bool { get set }
    var onStranded: Slotd_V1_StrandedPolicy { get set }
}

/// What such a change did.
protocol StrandingReply: Message {
    var stranded: [Slotd_V1_StrandedBooking] { get }
    var strandedCount: Int32 { get }
    var replayed: Bool { get }
}

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

/// What commands take that may strand bookings.
struct TrialOptions: ParsableArguments {
    @Flag(help: "Change nothing: only tell which bookings it would strand.") var dryRun = false
    @Flag(help: "Change nothing, and fail, if it would strand any booking.")
    var refuseIfAny = false
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    /// Sends a change, and shows whom it strands.
    func send<Request: StrandingRequest, Response: StrandingReply>(
        _ method: Method<Request, Response>, _ change: Request, _ session: Session
    ) async throws(CommandFailure) {
        var change = change
        change.requestID = request.make(session)
        change.expectedVersion = version.expected
        change.dryRun = dryRun
        change.onStranded = refuseIfAny ? .refuseIfAny : .keepAndFlag
        let reply = try await session.api.call(method, change)
        session.noteReplay(reply.replayed)
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
        if count == 0, session.output.format == .table { return }
        try session.output.list(
            reply.stranded, as: .stranded, try await session.directoryOfStranded(),
            extras: [("dryRun", "\(dryRun)"), ("strandedCount", "\(count)")])
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
