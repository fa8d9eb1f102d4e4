internal import SlotdAPI
internal import SwiftProtobuf

// Bookings that a change of schedules leaves without their time, and bookings with new buffers.

extension RecordView<Slotd_V1_StrandedBooking> {
    static var stranded: Self {
        RecordView(
            singular: "booking", plural: "stranded",
            fields: [
                .text("booking_id", "booking", tone: .dim, \.bookingID),
                RecordField(
                    name: "when", title: "when", place: .people, machine: { _ in "" },
                    human: { booking, directory in Cell(booking.localTime(directory)) }),
                .text("start", "start", in: .machine) { Moment($0.start).rfc3339() },
                .text("end", "end", in: .machine) { Moment($0.end).rfc3339() },
                RecordField(
                    name: "stage", title: "stage", machine: \.stage.word,
                    human: { booking, _ in Cell(booking.stage.label, booking.stage.tone) }),
                RecordField(
                    name: "location_id", title: "location", isFlexible: true,
                    machine: \.locationID,
                    human: { booking, directory in Cell(directory.name(booking.locationID)) }),
                RecordField(
                    name: "provider_id", title: "provider", isFlexible: true,
                    machine: \.providerID,
                    human: { booking, directory in Cell(directory.name(booking.providerID)) }),
                .text("reasons", "does not fit") { booking in
                    booking.reasons.map(\.word).joined(separator: " ")
                },
                .text("version", "version", in: .machine) { "\($0.version)" },
            ])
    }
}

extension Slotd_V1_StrandedBooking {
    /// As in `Tue 24 Nov 2026 09:00`, on the location's clock, or in UTC where that is not known.
    fileprivate func localTime(_ directory: Directory) -> String {
        let zone = directory.zones[locationID].flatMap { try? Zone(name: $0) } ?? .utc
        let reading = zone.reading(Moment(start))
        return "\(reading.day.spelledOut) \(reading.clock)"
    }
}

extension RecordView<Slotd_V1_Booking> {
    /// Bookings whose buffers were looked at; `kept` names those that keep theirs.
    static func rebuffered(kept: Set<String>) -> Self {
        let booking = RecordView.booking
        return RecordView(
            singular: booking.singular, plural: booking.plural,
            fields: booking.fields + [
                .text("buffers", "buffers") { booking in
                    if kept.contains(booking.id) { return "kept" }
                    return booking.segments.map {
                        "\($0.bufferBeforeMinutes)+\($0.bufferAfterMinutes)"
                    }.joined(separator: " ")
                }
            ])
    }
}
