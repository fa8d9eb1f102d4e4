internal import Intervals
internal import SlotdAPI

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

    /// What is done; bookings have one segment for now.
    var serviceID: String { segments.first?.serviceID ?? "" }
    /// With whom.
    var providerID: String { segments.first?.providerID ?? "" }
    /// The procedure that is attached; empty for none.
    var procedureID: String { segments.first?.procedureID ?? "" }
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
            named("service_id", "service", \.serviceID),
            named("provider_id", "provider", \.providerID),
            named("location_id", "location", \.locationID),
        ]
    }

    private static var people: [RecordField<Slotd_V1_Booking>] {
        [
            .text("procedure_id", "procedure", in: .details, \.procedureID),
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
}

extension RecordView<Slotd_V1_SlotHold> {
    static var hold: Self {
        RecordView(
            singular: "hold", plural: "holds",
            fields: [
                .text("id", "id", tone: .dim, \.id),
                .text("start", "start") { Moment($0.start).rfc3339() },
                .text("end", "end") { Moment($0.end).rfc3339() },
                .text("provider_id", "provider", \.providerID),
                .text("service_id", "service", in: .details, \.serviceID),
                .text("location_id", "location", in: .details, \.locationID),
                .text("patient_id", "patient", in: .details, \.patientID),
                .text("owner", "owner", in: .details, \.owner),
                .text("expires_at", "expires") { Moment($0.expiresAt).rfc3339() },
            ])
    }
}
