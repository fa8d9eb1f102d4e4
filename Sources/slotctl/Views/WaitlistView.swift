internal import Intervals
internal import SlotdAPI
internal import SwiftProtobuf

extension Slotd_V1_WaitlistStatus {
    static let known: [Slotd_V1_WaitlistStatus] = allCases.filter { $0 != .unspecified }

    /// The word on the command line and in TSV and CSV.
    var word: String {
        switch self {
        case .unspecified: ""
        case .waiting: "waiting"
        case .offered: "offered"
        case .booked: "booked"
        case .left: "left"
        case .lapsed: "lapsed"
        case .UNRECOGNIZED(let number): "status-\(number)"
        }
    }

    /// How it stands out.
    var tone: Tone {
        switch self {
        case .offered: .warning
        case .booked: .good
        case .left, .lapsed: .dim
        case .unspecified, .waiting, .UNRECOGNIZED: .plain
        }
    }
}

extension Slotd_V1_WaitlistEntry {
    /// What is waited for: `Peel 30 min with Dr. Kim + Facial`.
    fileprivate func wish(_ directory: Directory) -> String {
        segments.map { segment in
            var words = directory.name(segment.serviceID)
            if segment.durationMinutes > 0 { words += " \(segment.durationMinutes) min" }
            let people = segment.providerIds.map(directory.name)
            if !people.isEmpty { words += " with " + people.joined(separator: " or ") }
            let rooms = segment.resourceIds.map(directory.name)
            if !rooms.isEmpty { words += " in " + rooms.joined(separator: ", ") }
            return words
        }.joined(separator: " + ")
    }

    /// The same as `--segment` takes it.
    fileprivate var specifications: String {
        segments.map { segment in
            segment.serviceID
                + (segment.durationMinutes > 0 ? ":\(segment.durationMinutes)" : "")
                + (segment.providerIds.isEmpty
                    ? "" : "@" + segment.providerIds.joined(separator: ","))
        }.joined(separator: " ")
    }

    /// The starts that would do, by the location's clock.
    fileprivate func window(_ directory: Directory) -> String {
        let zone = zone(directory)
        let first = zone.reading(Moment(earliest))
        let last = zone.reading(Moment(latest))
        // Up to midnight is told as the end of the day before.
        let isMidnight = last.minute == 0 && Moment(earliest) < Moment(latest)
        let lastDay = isMidnight ? last.day.adding(days: -1) : last.day
        let lastClock = isMidnight ? "24:00" : last.clock
        if first.day == lastDay {
            return "\(first.day.spelledOut) \(first.clock)–\(lastClock)"
        }
        return "\(first.day.spelledOut) \(first.clock) – \(lastDay.spelledOut) \(lastClock)"
    }

    /// What is held for the patient, and until when; empty for nothing.
    func offerWords(_ directory: Directory) -> String {
        guard hasOffer else { return "" }
        let zone = zone(directory)
        let first = zone.reading(Moment(offer.start))
        let last = zone.reading(Moment(offer.end))
        let expiry = zone.reading(Moment(offer.expiresAt))
        // A hold of today's morning needs no date; one that lives for a day does.
        let until =
            (expiry.day == zone.reading(Moment(createdAt)).day ? "" : expiry.day.spelledOut + " ")
            + expiry.clock + ":" + twoDigits(expiry.second)
        return "\(first.day.spelledOut) \(first.clock)–\(last.clock) with "
            + directory.name(offer.providerID) + ", held until \(until)"
    }

    private func zone(_ directory: Directory) -> Zone {
        directory.zones[locationID].flatMap { try? Zone(name: $0) } ?? .utc
    }
}

extension RecordView<Slotd_V1_WaitlistEntry> {
    static var waitlist: Self {
        RecordView(
            singular: "entry", plural: "entries",
            fields: [
                .text("id", "id", tone: .dim, \.id),
                RecordField(
                    name: "status", title: "status", machine: \.status.word,
                    human: { entry, _ in Cell(entry.status.word, entry.status.tone) }),
                named("patient_id", "patient", \.patientID),
                named("location_id", "location", \.locationID),
                RecordField(
                    name: "segments", title: "for", isFlexible: true, machine: \.specifications,
                    human: { entry, directory in Cell(entry.wish(directory)) }),
                .text("earliest", "earliest", in: .machine) { Moment($0.earliest).rfc3339() },
                .text("latest", "latest", in: .machine) { Moment($0.latest).rfc3339() },
                people("when", isFlexible: false) { $0.window($1) },
                .number("priority", "priority") { Int64($0.priority) },
                people("offer", isFlexible: true) { $0.offerWords($1) },
                .text("hold_id", "hold", in: .details, \.offer.holdID),
                .text("offer_start", "offer's start", in: .machine) {
                    $0.hasOffer ? Moment($0.offer.start).rfc3339() : ""
                },
                .text("offer_expires_at", "offer's end", in: .machine) {
                    $0.hasOffer ? Moment($0.offer.expiresAt).rfc3339() : ""
                },
                .text("booking_id", "booking", in: .details, \.bookingID),
                .number("offer_seconds", "seconds an offer is held", in: .machine) {
                    Int64($0.offerSeconds)
                },
                .text("declined", "not taken", in: .details) { entry in
                    entry.declined.map { Moment($0).rfc3339() }.joined(separator: " ")
                },
                .text("note", "note", in: .details, \.note),
                .text("created_at", "waits since", in: .details) {
                    Moment($0.createdAt).rfc3339()
                },
                .text("created_by", "put there by", in: .details, \.createdBy),
                .number("version", "version", in: .details, \.version),
            ])
    }

    private static func named(
        _ name: String, _ title: String, _ id: @escaping (Slotd_V1_WaitlistEntry) -> String
    ) -> RecordField<Slotd_V1_WaitlistEntry> {
        RecordField(
            name: name, title: title, isFlexible: true, machine: id,
            human: { entry, directory in Cell(directory.name(id(entry))) })
    }

    private static func people(
        _ title: String, isFlexible: Bool,
        _ words: @escaping (Slotd_V1_WaitlistEntry, Directory) -> String
    ) -> RecordField<Slotd_V1_WaitlistEntry> {
        RecordField(
            name: title, title: title, place: .people, isFlexible: isFlexible,
            machine: { _ in "" }, human: { Cell(words($0, $1)) })
    }
}
