internal import Intervals
internal import SlotdAPI
internal import SwiftProtobuf

extension Slotd_V1_Booking {
    /// The local time of its place.
    func reading(_ moment: Moment) -> LocalReading {
        LocalReading(moment: moment, offsetMinutes: Int(utcOffsetMinutes))
    }

    /// As in `Tue 24 Nov 2026 09:00–09:30`. The end is told by the offset of the start: the clock
    /// that the patient set out by.
    var localTimes: String {
        let first = reading(Moment(start))
        let last = reading(Moment(end))
        let tail = first.day == last.day ? last.clock : "\(last.day.spelledOut) \(last.clock)"
        return "\(first.day.spelledOut) \(first.clock)–\(tail)"
    }

    /// What is done first.
    var serviceID: String { segments.first?.serviceID ?? "" }
    /// With whom the visit begins.
    var providerID: String { segments.first?.providerID ?? "" }
    /// What is done, one after another.
    var serviceIDs: [String] { segments.map(\.serviceID) }
    /// With whom, each once, in the order of the visit.
    var providerIDs: [String] { segments.distinctProviderIDs }
    /// The procedures that are attached, in the order of the visit.
    var procedureIDs: [String] { segments.map(\.procedureID).filter { !$0.isEmpty } }
}

extension [Slotd_V1_BookingSegment] {
    /// With whom, each once, in the order of the visit.
    var distinctProviderIDs: [String] {
        reduce(into: []) { ids, segment in
            if !ids.contains(segment.providerID) { ids.append(segment.providerID) }
        }
    }

    /// As `--segment` takes them: `service_…:30@provider_…`, with spaces between.
    var specifications: String {
        map { segment in
            "\(segment.serviceID):\(segment.durationMinutes)"
                + (segment.providerID.isEmpty ? "" : "@\(segment.providerID)")
        }.joined(separator: " ")
    }

    /// Each with its time, service, provider and procedure, for people; empty for a single one.
    func words(offsetMinutes: Int, _ directory: Directory) -> String {
        guard count > 1 else { return "" }
        return map { segment in
            func clock(_ time: Google_Protobuf_Timestamp) -> String {
                LocalReading(moment: Moment(time), offsetMinutes: offsetMinutes).clock
            }
            let attached = segment.procedureID.isEmpty ? "" : " (\(segment.procedureID))"
            return "\(clock(segment.start))–\(clock(segment.end)) "
                + directory.name(segment.serviceID) + ", "
                + directory.name(segment.providerID) + attached
        }.joined(separator: "; ")
    }
}

extension RecordView<Slotd_V1_Booking> {
    static var booking: Self {
        RecordView(
            singular: "booking", plural: "bookings",
            fields: identity + visit + people)
    }

    private static var identity: [RecordField<Slotd_V1_Booking>] {
        [
            .text("id", "id", tone: .dim, \.id),
            RecordField(
                name: "when", title: "when", place: .people, machine: \.localTimes,
                human: { booking, _ in Cell(booking.localTimes) }),
            .text("start", "start", in: .machine) { booking in
                Moment(booking.start).rfc3339(offsetMinutes: Int(booking.utcOffsetMinutes))
            },
            .text("end", "end", in: .machine) { booking in
                Moment(booking.end).rfc3339(offsetMinutes: Int(booking.utcOffsetMinutes))
            },
        ]
    }

    private static var visit: [RecordField<Slotd_V1_Booking>] {
        [
            RecordField(
                name: "stage", title: "stage", machine: \.stage.word,
                human: { booking, _ in Cell(booking.stage.label, booking.stage.tone) }),
            named("patient_id", "patient", \.patientID),
            several("service_id", "service", \.serviceIDs),
            several("provider_id", "provider", \.providerIDs),
            named("location_id", "location", \.locationID),
        ]
    }

    private static var people: [RecordField<Slotd_V1_Booking>] {
        [
            .text("procedure_id", "procedure", in: .details) {
                $0.procedureIDs.joined(separator: " ")
            },
            .text("time_zone", "time zone", in: .details, \.timeZone),
            .text("external_ref", "reference", in: .details, \.externalRef),
            .number("version", "version", in: .details, \.version),
            .text("note", "note", in: .details, \.note),
            .text("walk_in", "walk-in", in: .machine) { "\($0.walkIn)" },
            .text("created_by", "booked by", in: .details, \.createdBy),
            .text("created_at", "booked at", in: .details) { booking in
                guard booking.hasCreatedAt else { return "" }
                let offset = Int(booking.utcOffsetMinutes)
                return Moment(booking.createdAt).rfc3339(offsetMinutes: offset)
            },
            .text("overrides", "overrides", in: .details) { booking in
                booking.overrides.map(\.word).joined(separator: " ")
            },
            .text("override_note", "because", in: .details) { booking in
                booking.overrideNote.isEmpty
                    ? "" : "\(booking.overrideNote) (\(booking.overrideRole))"
            },
            .text("group_id", "group", in: .details, \.groupID),
            .text("out_of_hours", "out of hours", in: .details) { booking in
                booking.outOfHours ? "yes" : ""
            },
            .text("cancel_reason", "cancelled", in: .details, \.cancellation.reason),
            .text("cancel_fee", "fee", in: .details, \.cancellation.fee.words),
            .text("cancel_refund", "refund", in: .details, \.cancellation.refund.words),
            .text("deposit", "deposit", in: .details) { booking in
                guard booking.hasDeposit else { return "" }
                let unpaid = booking.paymentPending ? "payment pending" : "not paid"
                let state = booking.deposit.paid ? "paid" : unpaid
                return "\(booking.deposit.amount.words), \(state)"
            },
            .text("released_at", "time free from", in: .details) { booking in
                guard booking.hasReleasedAt else { return "" }
                let offset = Int(booking.utcOffsetMinutes)
                return Moment(booking.releasedAt).rfc3339(offsetMinutes: offset)
            },
            RecordField(
                name: "stage_history", title: "stages", place: .details,
                machine: { booking in
                    booking.stageHistory.map { "\($0.stage.word)@\(Moment($0.at).rfc3339())" }
                        .joined(separator: " ")
                },
                human: { booking, _ in Cell(history(booking)) }),
            RecordField(
                name: "segments", title: "one by one", place: .details,
                machine: \.segments.specifications,
                human: { booking, directory in
                    let offset = Int(booking.utcOffsetMinutes)
                    return Cell(booking.segments.words(offsetMinutes: offset, directory))
                }),
        ]
    }

    private static func history(_ booking: Slotd_V1_Booking) -> String {
        guard booking.stageHistory.count > 1 else { return "" }
        return booking.stageHistory.map { change in
            "\(change.stage.label) \(booking.reading(Moment(change.at)).clock)"
        }.joined(separator: " → ")
    }

    private static func named(
        _ name: String, _ title: String, _ id: @escaping (Slotd_V1_Booking) -> String
    ) -> RecordField<Slotd_V1_Booking> {
        RecordField(
            name: name, title: title, isFlexible: true, machine: id,
            human: { booking, directory in Cell(directory.name(id(booking))) })
    }

    /// One name or several; ids with spaces between for machines.
    private static func several(
        _ name: String, _ title: String, _ ids: @escaping (Slotd_V1_Booking) -> [String]
    ) -> RecordField<Slotd_V1_Booking> {
        RecordField(
            name: name, title: title, isFlexible: true,
            machine: { ids($0).joined(separator: " ") },
            human: { booking, directory in Cell(directory.names(ids(booking))) })
    }
}

extension RecordView<Slotd_V1_SlotHold> {
    static var hold: Self {
        RecordView(
            singular: "hold", plural: "holds",
            fields: [
                .text("id", "id", tone: .dim, \.id),
                .text("start", "start") { Moment($0.start).rfc3339() },
                .text("end", "end") { Moment($0.end).rfc3339() },
                .text("provider_id", "provider") { hold in
                    hold.segments.isEmpty
                        ? hold.providerID
                        : hold.segments.distinctProviderIDs.joined(separator: " ")
                },
                .text("service_id", "service", in: .details) { hold in
                    hold.segments.isEmpty
                        ? hold.serviceID : hold.segments.map(\.serviceID).joined(separator: " ")
                },
                .text("location_id", "location", in: .details, \.locationID),
                .text("patient_id", "patient", in: .details, \.patientID),
                .text("owner", "owner", in: .details, \.owner),
                .text("expires_at", "expires") { Moment($0.expiresAt).rfc3339() },
            ])
    }
}
