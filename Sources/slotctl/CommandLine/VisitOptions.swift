internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// Where, what, how long, with whom and when: all that a new booking needs but the patient.
struct VisitOptions: ParsableArguments {
    @Option(
        help: "Where; not needed when there is one location, or the context has one.",
        completion: .locations)
    var location: String?
    @Option(help: "What. Needed without --hold.", completion: .services) var service: String?
    @Option(help: "Minutes, one of the service's durations; default: its first.")
    var duration: Int32?
    @Option(help: "With whom; default: anybody, whom slotd chooses.", completion: .providers)
    var provider: String?
    @Option(
        name: .long,
        help: "A room or device that is wanted by name; with one service.", completion: .resources)
    var room: [String] = []
    @Option(help: "First minute. Needed without --hold.") var start: String?
    @Option(help: "Book this hold.") var hold: String?
    @Flag(help: "Refuse when the hold has expired, even if its time is still free.")
    var failIfExpired = false
    @Flag(help: "The patient is here now: enters Check-in, without notice and step.")
    var walkIn = false
    @Flag(help: "Enters Confirmed in place of New.") var confirmed = false
    @Flag(help: "As a patient who books without staff.") var selfService = false
    @OptionGroup var overrides: OverrideOptions
    @Option(help: "Free text; nothing that identifies a person.") var note: String?
    @Option(name: .customLong("ref"), help: "Your own name of the booking.")
    var reference: String?

    /// What is missing for a booking, as flags.
    var missing: [String] { missing(segments: []) }

    /// The same, where a list of segments may stand in place of the service.
    func missing(segments: [String]) -> [String] {
        guard hold == nil else { return [] }
        return (service == nil && segments.isEmpty ? ["--service"] : [])
            + (start == nil ? ["--start"] : [])
    }

    /// The message, with names looked up, and the zone of the place where it is known.
    func newBooking(
        _ session: Session, segments: [String] = []
    ) async throws(CommandFailure) -> (visit: Slotd_V1_NewBooking, zone: Zone?) {
        var zone: Zone?
        var visit = Slotd_V1_NewBooking()
        visit.holdID = hold ?? ""
        visit.onExpired = failIfExpired ? .fail : .unspecified
        visit.walkIn = walkIn
        visit.confirmed = confirmed
        visit.note = note ?? ""
        visit.externalRef = reference ?? ""
        visit.selfService = selfService
        visit.allow = overrides.rules
        visit.overrideNote = overrides.note
        try await addServices(to: &visit, segments, session)
        if hold == nil || location != nil || start != nil {
            let place = try await session.location(location)
            visit.locationID = place.id
            let placeZone = try Zone(name: place.timeZone)
            if let start {
                visit.start = try session.times(in: placeZone).moment(start).timestamp
            }
            zone = placeZone
        }
        return (visit, zone)
    }

    /// One service in the plain form, unless a room is wanted by name.
    private func addServices(
        to visit: inout Slotd_V1_NewBooking, _ segments: [String], _ session: Session
    ) async throws(CommandFailure) {
        visit.segments = try await session.segments(segments)
        let serviceID = try await session.serviceID(service)
        let providerID = try await session.providerID(provider)
        guard !room.isEmpty else {
            visit.serviceID = serviceID
            visit.durationMinutes = duration ?? 0
            visit.providerID = providerID
            return
        }
        if visit.segments.isEmpty {
            visit.segments = [
                .with {
                    $0.serviceID = serviceID
                    $0.durationMinutes = duration ?? 0
                    $0.providerIds = providerID.isEmpty ? [] : [providerID]
                }
            ]
        }
        for name in room {
            visit.segments[0].resourceIds.append(try await session.resource(name).id)
        }
    }
}
