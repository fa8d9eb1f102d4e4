internal import ArgumentParser
internal import SlotdAPI

/// Where, what, how long, with whom and for whom a visit is asked for.
struct VisitQueryOptions: ParsableArguments {
    @Option(
        help: "Where; not needed when there is one location, or the context has one.",
        completion: .locations)
    var location: String?
    @OptionGroup var what: WhatOptions
    @Option(help: "For whom, if known: their own visits count then.", completion: .patients)
    var patient: String?
    @Flag(help: "As a patient who books without staff.") var selfService = false
    @Option(help: "As if this booking did not exist: for moving it.")
    var ignoreBooking: String?
    @Option(help: "As if this hold of yours did not exist.") var hold: String?

    /// The message, with names looked up, but for the location.
    func visit(_ session: Session) async throws(CommandFailure) -> Slotd_V1_VisitQuery {
        var visit = Slotd_V1_VisitQuery()
        visit.segments = try await what.segments(session)
        visit.patientID = try await session.patientID(patient)
        visit.selfService = selfService
        if let ignoreBooking {
            visit.ignoreBookingID = try await session.bookingID(ignoreBooking)
        }
        visit.holdID = hold ?? ""
        return visit
    }
}

/// What is asked for: one service, or several one after another.
struct WhatOptions: ParsableArguments {
    @Option(help: "What.", completion: .services) var service: String?
    @Option(help: "Minutes, one of the service's durations; default: its first.")
    var duration: Int32?
    @Option(
        name: .long, help: "With whom; may be given several times; default: anybody.",
        completion: .providers)
    var provider: [String] = []
    @Option(
        name: .long,
        help: ArgumentHelp(
            "One of several services, in their order, in place of --service: "
                + "SERVICE[:MINUTES][@PROVIDER,...].",
            valueName: "segment"))
    var segment: [String] = []

    func validate() throws {
        if let duration, duration < 1 { throw ValidationError("--duration takes 1 or more") }
        if service == nil, segment.isEmpty {
            throw ValidationError("missing --service, or --segment for several services")
        }
        if !segment.isEmpty, service != nil || duration != nil || !provider.isEmpty {
            throw ValidationError(
                "--segment says service, minutes and provider itself, as in Peel:30@Kim")
        }
    }

    /// The segments, with names looked up.
    func segments(
        _ session: Session
    ) async throws(CommandFailure) -> [Slotd_V1_SegmentRequest] {
        guard segment.isEmpty else { return try await session.segments(segment) }
        var only = Slotd_V1_SegmentRequest()
        only.serviceID = try await session.serviceID(service)
        only.durationMinutes = duration ?? 0
        for name in provider { only.providerIds.append(try await session.providerID(name)) }
        return [only]
    }
}
