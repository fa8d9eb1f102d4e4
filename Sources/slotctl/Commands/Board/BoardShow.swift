internal import ArgumentParser
internal import Intervals
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl board show`, and `slotctl board`.
struct BoardShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a location's bookings of one day by stage.",
        discussion: """
            On a terminal: columns of cards, as many side by side as fit. In a pipe: one line a \
            booking. The end of a card's id is enough to name its booking to other commands.


            """
                + examples(
                    "slotctl board",
                    "slotctl board --location Downtown --date tomorrow",
                    "slotctl board -o csv"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(help: "Where; not needed when there is one location, or the context has one.")
    var location: String?
    @Option(help: "Which day: 2026-11-24, today, tomorrow, mon.") var date = "today"

    func run(_ session: Session) async throws(CommandFailure) {
        let place = try await session.location(location)
        let times = session.times(in: try Zone(name: place.timeZone))
        let day = try times.day(date)
        let board = try await session.api.call(
            Methods.BoardService.getBoard,
            .with {
                $0.locationID = place.id
                $0.date = day.message
            })
        let output = session.output
        let cards = board.columns.flatMap(\.cards)
        switch output.format {
        case .table:
            var text = BoardText(board: board, now: session.now)
            text.isUTF8 = session.terminal.isUTF8
            text.lines(width: output.columns ?? 120, paint: output.paint)
                .forEach(output.writeLine)
        case .json:
            let message = try JSONText.message(board)
            output.writeLine(JSONText.indented(JSONText.versioned(message)))
        case .tsv, .csv, .ndjson:
            try output.list(cards, as: .card)
        }
    }
}

extension RecordView<Slotd_V1_BoardCard> {
    /// The cards line by line.
    fileprivate static var card: Self {
        RecordView(
            singular: "card", plural: "cards",
            fields: [
                .text("booking_id", "id", \.booking.id),
                .text("stage", "stage", \.booking.stage.word),
                .text("start", "start") { card in
                    let offset = Int(card.booking.utcOffsetMinutes)
                    return Moment(card.booking.start).rfc3339(offsetMinutes: offset)
                },
                .text("end", "end") { card in
                    let offset = Int(card.booking.utcOffsetMinutes)
                    return Moment(card.booking.end).rfc3339(offsetMinutes: offset)
                },
                .text("patient", "patient", \.patientName),
                .text("service", "service", \.serviceName),
                .text("provider", "provider", \.providerName),
                .text("procedure_status", "procedure", \.procedureStatus.word),
                .number("version", "version", \.booking.version),
            ])
    }
}
