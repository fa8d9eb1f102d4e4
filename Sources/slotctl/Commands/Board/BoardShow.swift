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

            With --watch the board stays and follows every change: what has just changed stands \
            out, » marks it for a while, and ! a card that has been in its stage for too long. \
            Arrows or h j k l move, v turns columns into a list, q quits. After a broken \
            connection it goes on where it was. In a pipe, or with -o ndjson, a watch is one JSON \
            object a line, a WatchBoardResponse of the API: first “snapshot”, then a “change” for \
            each change in order; another snapshot voids what was known before.


            """
                + examples(
                    "slotctl board",
                    "slotctl board --location Downtown --date tomorrow",
                    "slotctl board --as-of 09:00",
                    "slotctl board -o csv",
                    "slotctl board --watch",
                    "slotctl board --watch -o ndjson | jq -c .change.cards"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(
        help: "Where; not needed when there is one location, or the context has one.",
        completion: .locations)
    var location: String?
    @Option(help: "Which day: 2026-11-24, today, tomorrow, mon.") var date = "today"
    @Flag(name: .shortAndLong, help: "Stay, and follow every change.") var watch = false

    @Option(
        help: ArgumentHelp(
            "As it stood then: RFC 3339, or local “2026-11-24 09:00”, 09:00. Of that day, "
                + "unless --date says which.",
            valueName: "time"))
    var asOf: String?

    func run(_ session: Session) async throws(CommandFailure) {
        let place = try await session.location(location)
        let times = try await session.daemonTimes(in: try Zone(name: place.timeZone))
        let day = try times.day(date)
        let moment = try asOf.map { text throws(CommandFailure) in try times.moment(text) }
        if watch {
            guard moment == nil else {
                throw .usage("--as-of is the past, which --watch cannot follow; leave one out")
            }
            return try await follow(session, place, day)
        }
        let board = try await session.api.call(
            Methods.BoardService.getBoard,
            .with {
                $0.locationID = place.id
                if let moment { $0.asOf = moment.timestamp }
                if moment == nil || date != "today" { $0.date = day.message }
            })
        let output = session.output
        let cards = board.columns.flatMap(\.cards)
        switch output.format {
        case .table:
            var text = BoardText(board: board, now: moment ?? times.now)
            text.isUTF8 = session.terminal.isUTF8
            if moment == nil { text.waiting = await session.waitingCount(at: place.id) }
            text.lines(width: output.columns ?? 120, paint: output.paint)
                .forEach(output.writeLine)
        case .json:
            let message = try JSONText.message(board)
            output.writeLine(JSONText.indented(JSONText.versioned(message)))
        case .tsv, .csv, .ndjson:
            try output.list(cards, as: .card)
        }
    }

    /// A screen where one can be drawn, a line a change on a terminal that can only print, and JSON
    /// for everybody else.
    private func follow(
        _ session: Session, _ place: Slotd_V1_Location, _ day: LocalDate
    ) async throws(CommandFailure) {
        if let format = session.settings.output, format == .csv || format == .tsv {
            throw .usage("a watch is no table: --watch goes with -o ndjson, or on a terminal")
        }
        guard session.output.format.isForPeople, session.terminal.isOutputTerminal else {
            return try await session.writeLines(
                of: session.boardFeed(location: place.id, date: day.message))
        }
        guard session.terminal.canDraw else {
            return try await PrintedBoard(session: session, location: place).run(day)
        }
        let isToday = date.lowercased() == "today"
        try await BoardWatch(session, place, day: isToday ? nil : day).run()
    }
}

extension Session {
    /// How many wait at a location for a time to come free; nil where the daemon does not say. At
    /// most 1000 are counted.
    func waitingCount(at location: String) async -> Int? {
        let reply = try? await api.call(
            Methods.BookingService.listWaitlist,
            .with {
                $0.locationID = location
                $0.pageSize = 1000
            })
        return reply?.entries.count
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
