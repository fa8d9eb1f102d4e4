internal import Foundation
internal import SlotdAPI
internal import SwiftProtobuf
internal import Testing

@testable internal import slotctl

/// What a live board knows and how it is drawn. When a picture is changed on purpose, run the tests
/// with SLOTCTL_UPDATE_GOLDENS=1 and review the difference.
struct LiveBoardTests {
    private let now = rfc3339Moment("2026-11-24T15:12:00Z")!

    // MARK: Boards to draw

    private func card(
        _ id: Int, _ stage: Slotd_V1_Stage, _ start: String, _ patient: String,
        since: String = "2026-11-24T15:00:00Z", minutes: Int64 = 30
    ) -> Slotd_V1_BoardCard {
        .with {
            let digits = String(id, radix: 10)
            $0.booking.id =
                "booking_" + String(repeating: "0", count: 26 - digits.count) + digits
            $0.booking.version = 1
            $0.booking.stage = stage
            $0.booking.start = rfc3339Moment(start)!.timestamp
            $0.booking.end = (rfc3339Moment(start)! + minutes * 60).timestamp
            $0.booking.utcOffsetMinutes = -300
            $0.patientName = patient
            $0.serviceName = "Chemical peel"
            $0.providerName = "Dr. Elena Marsh"
            $0.inStageSince = rfc3339Moment(since)!.timestamp
        }
    }

    private func snapshot(_ cards: [Slotd_V1_BoardCard]) -> Slotd_V1_WatchBoardResponse {
        .with {
            $0.snapshot.locationName = "Downtown"
            $0.snapshot.date = .with {
                $0.year = 2026
                $0.month = 11
                $0.day = 24
            }
            $0.snapshot.timeZone = "America/New_York"
            $0.snapshot.columns = Slotd_V1_Stage.known.map { stage in
                .with {
                    $0.stage = stage
                    $0.label = stage.label
                    $0.alertMinutes = stage == .checkIn ? 10 : 0
                    $0.cards = cards.filter { $0.booking.stage == stage }
                }
            }
            $0.revision = 40
        }
    }

    private func change(_ card: Slotd_V1_BoardCard) -> Slotd_V1_WatchBoardResponse {
        .with {
            $0.change.cards = [card]
            $0.change.at = now.timestamp
            $0.change.actor = "desk-2"
            $0.change.rpc = "BoardService/MoveBooking"
            $0.change.mergedChanges = 1
            $0.previousRevision = 40
            $0.revision = 41
        }
    }

    /// A morning: each stage of the main path, two off it, an alert, marks of all kinds.
    private var morning: LiveBoard {
        var cards = [
            card(1, .new, "2026-11-24T16:30Z", "Ada Lovelace"),
            card(2, .confirmed, "2026-11-24T16:00Z", "Grace Hopper"),
            card(3, .checkIn, "2026-11-24T15:00Z", "Maria Skłodowska-Curie of Warsaw"),
            card(4, .checkIn, "2026-11-24T15:15Z", "小林 由美子", since: "2026-11-24T15:08:00Z"),
            card(5, .inProcedure, "2026-11-24T14:30Z", "Emmy Noether"),
            card(6, .billing, "2026-11-24T14:00Z", "이순신", since: "2026-11-24T13:30:00Z"),
            card(7, .cancelled, "2026-11-24T17:00Z", "Rosalind Franklin"),
        ]
        cards[0].paymentPending = true
        cards[3].booking.walkIn = true
        cards[4].procedureStatus = .inProgress
        cards[4].booking.segments = [.init(), .init()]
        var board = LiveBoard()
        board.take(snapshot(cards), at: now)
        return board
    }

    /// A hundred cards in one stage, and some in the next.
    private var crowd: LiveBoard {
        var board = LiveBoard()
        let cards = (0..<100).map { number in
            card(
                number, number < 90 ? .new : .confirmed,
                (rfc3339Moment("2026-11-24T13:00Z")! + Int64(number) * 300).rfc3339(),
                "Patient number \(number)")
        }
        board.take(snapshot(cards), at: now)
        return board
    }

    private func screen(_ board: LiveBoard, at moment: Moment? = nil) -> BoardScreen {
        var screen = BoardScreen(board: board, now: moment ?? now)
        screen.zone = try! Zone(name: "America/New_York")
        return screen
    }

    /// Compares a picture with its golden; escapes are written as ␛, so that a reader sees them.
    private func compare(_ lines: [String], _ name: String) throws {
        let text =
            lines.map { $0.replacing("\u{1B}", with: "␛") }.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["SLOTCTL_UPDATE_GOLDENS"] == "1" {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            let file = folder.appendingPathComponent("Fixtures/board/\(name).txt")
            try Data(text.utf8).write(to: file)
            return
        }
        let file = Bundle.module.bundleURL.appendingPathComponent("Fixtures/board/\(name).txt")
        #expect(text == (try String(contentsOf: file, encoding: .utf8)), "\(name)")
    }

    // MARK: Pictures

    @Test("a board looks as it was reviewed, at every width, with and without color")
    func goldens() throws {
        for (columns, rows) in [(40, 30), (80, 24), (120, 24), (200, 24)] {
            let size = BoardScreen.Size(columns: columns, rows: rows)
            for isColored in [false, true] {
                let lines = screen(morning).lines(size, Paint(isColored: isColored))
                try compare(lines, "morning-\(columns)\(isColored ? "-color" : "")")
            }
        }
        let wide = BoardScreen.Size(columns: 120, rows: 16)
        try compare(screen(crowd).lines(wide, .none), "crowd-120")
        var scrolled = screen(crowd)
        scrolled.place.top = 50
        try compare(scrolled.lines(wide, .none), "crowd-120-scrolled")
        var list = screen(morning)
        list.place.isStacked = true
        try compare(list.lines(.init(columns: 110, rows: 24), .none), "morning-110-list")
        var empty = LiveBoard()
        empty.take(snapshot([]), at: now)
        try compare(screen(empty).lines(.init(columns: 80, rows: 8), .none), "empty-80")
        var ascii = screen(morning)
        ascii.isUTF8 = false
        ascii.link = .lost(until: now + 4)
        ascii.waiting = 3
        try compare(ascii.lines(.init(columns: 120, rows: 24), .none), "morning-120-ascii")
    }

    @Test("what has just changed stands out, is marked for a while, and then is as all others")
    func highlight() throws {
        var board = morning
        var moved = board.cards.values.first { $0.patientName == "Grace Hopper" }!
        moved.booking.stage = .checkIn
        moved.booking.version = 2
        moved.inStageSince = now.timestamp
        board.take(change(moved), at: now)
        #expect(board.last?.text == "Grace Hopper: Confirmed → Check-in (desk-2)")
        let size = BoardScreen.Size(columns: 120, rows: 24)
        try compare(screen(board).lines(size, Paint(isColored: true)), "moved-120-color")
        func lines(after seconds: Int64, _ paint: Paint) -> String {
            screen(board, at: now + seconds).lines(size, paint).joined(separator: "\n")
        }
        #expect(lines(after: 0, .none).contains("▌»11:00–11:30"))
        #expect(lines(after: 4, Paint(isColored: true)).contains("\u{1B}[7m11:00–11:30"))
        #expect(!lines(after: 5, Paint(isColored: true)).contains("\u{1B}[7m"))
        #expect(lines(after: 19, .none).contains("▌»11:00–11:30"))
        #expect(lines(after: 20, .none).contains("▌ 11:00–11:30"))
        #expect(board.nextFading(after: now) == now + 5)
        #expect(board.nextFading(after: now + 5) == now + 20)
        #expect(board.nextFading(after: now + 20) == nil)
    }

    @Test("time in stage and alerts go by the daemon's clock, and grow without a message")
    func time() {
        var board = morning
        let size = BoardScreen.Size(columns: 200, rows: 24)
        func has(_ text: String, _ moment: Moment) -> Bool {
            screen(board, at: moment).lines(size, .none).contains { $0.contains(text) }
        }
        #expect(has("! 12m", now) && has("! 1 alert", now) && !has("! 1 alerts", now))
        #expect(has("  4m", now))
        #expect(has("! 2 alerts", now + 360) && has("! 10m", now + 360))
        #expect(has("1h48", now + 360), "Billing has no limit, but its time counts")
        // The daemon's clock is six minutes ahead of this machine's.
        board.take(
            .with {
                $0.heartbeat.serverNow = (now + 360).timestamp
                $0.revision = 40
            }, at: now)
        #expect(has("! 10m", now) && has("10:18", now))
    }

    @Test("an alert is read at every width, without color")
    func alertsInText() {
        for columns in [30, 40, 78, 80, 100, 120, 160, 200] {
            for isUTF8 in [true, false] {
                var view = screen(morning, at: now + 6000)
                view.isUTF8 = isUTF8
                let lines = view.lines(.init(columns: columns, rows: 60), .none)
                let marked = lines.filter { $0.contains(#/! ?1h(52|44)/#) || $0.contains("! 10") }
                #expect(!marked.isEmpty, "\(columns)")
            }
        }
    }

    @Test("a screen has exactly its lines, none too wide, whatever its size and what is on it")
    func bounds() {
        let boards = [LiveBoard(), morning, crowd]
        for board in boards {
            for columns in [20, 40, 57, 78, 80, 119, 200, 320] {
                for rows in [1, 4, 5, 9, 24] {
                    for isStacked in [nil, true, false] as [Bool?] {
                        var view = screen(board)
                        view.place.isStacked = isStacked
                        view.place.top = 7
                        view.link = .lost(until: now + 8)
                        let size = BoardScreen.Size(columns: columns, rows: rows)
                        let lines = view.lines(size, Paint(isColored: true))
                        #expect(lines.count == rows, "\(columns)x\(rows)")
                        for line in lines {
                            let seen = line.replacing(#/\u{1B}\[[0-9;]*m/#, with: "")
                            #expect(displayWidth(seen) <= columns, "\(columns)x\(rows): \(seen)")
                        }
                    }
                }
            }
        }
    }

    @Test("every card of a crowd can be reached by scrolling, and each hidden one is counted")
    func scrolling() {
        for columns in [40, 80, 120] {
            let size = BoardScreen.Size(columns: columns, rows: 20)
            var view = screen(crowd)
            var seen: Set<Int> = []
            for _ in 0..<400 {
                let text = view.lines(size, .none).joined(separator: "\n")
                for match in text.matches(of: #/Patient number (\d+)/#) {
                    seen.insert(Int(match.1)!)
                }
                let next = view.moved(.down, size)
                if next == view.place { break }
                view.place = next
            }
            #expect(seen == Set(0..<100), "\(columns)")
            #expect(view.moved(.end, size).top == view.place.top)
            #expect(view.moved(.home, size).top == 0)
        }
        let text = screen(crowd).lines(.init(columns: 120, rows: 20), .none).joined(separator: "\n")
        #expect(text.contains("+87 more") || text.contains("+86 more"), "\(text)")
    }

    @Test("stages without room are named with their counts, and come on further pages")
    func pages() {
        let size = BoardScreen.Size(columns: 80, rows: 24)
        var view = screen(morning)
        let first = view.lines(size, .none)
        #expect(first[1].contains("not shown: New 1, Cancelled 1"), "\(first[1])")
        #expect(first[23].contains("columns 1/2"))
        view.place = view.moved(.right, size)
        let second = view.lines(size, .none)
        #expect(second.contains { $0.contains("Ada Lovelace") })
        #expect(view.moved(.right, size).page == 1)
    }

    @Test("control characters in names reach no terminal, in cards, headings and what happened")
    func harmless() {
        let evil = "Eve\u{1B}[2J\u{7}\r\n\u{9B}31m\u{202E}"
        var first = snapshot([card(1, .new, "2026-11-24T16:30Z", evil)])
        first.snapshot.locationName = evil
        first.snapshot.columns[1].label = evil
        var board = LiveBoard()
        board.take(first, at: now)
        var changed = card(1, .confirmed, "2026-11-24T16:30Z", evil + "2")
        changed.serviceName = evil
        changed.providerName = evil
        var message = change(changed)
        message.change.actor = evil
        board.take(message, at: now)
        for stacked in [true, false] {
            var view = screen(board)
            view.place.isStacked = stacked
            for line in view.lines(.init(columns: 120, rows: 24), .none) {
                let isClean = line.unicodeScalars.allSatisfy {
                    $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && $0.value != 0x202E
                }
                #expect(isClean, "\(line.debugDescription)")
            }
        }
    }

    @Test("what a reader missed while it was away is marked; what left is gone and told")
    func resync() {
        var board = morning
        var later = snapshot(Array(board.cards.values))
        for index in later.snapshot.columns.indices {
            for place in later.snapshot.columns[index].cards.indices
            where later.snapshot.columns[index].cards[place].patientName == "Emmy Noether" {
                later.snapshot.columns[index].cards[place].booking.version = 5
            }
        }
        board.take(later, at: now)
        let marked = board.cards.values.filter { board.news(of: $0.booking.id, at: now) != .none }
        #expect(marked.map(\.patientName) == ["Emmy Noether"])
        board.take(
            .with {
                $0.change.removedBookingIds = [marked[0].booking.id]
                $0.change.at = now.timestamp
            }, at: now)
        #expect(board.cards[marked[0].booking.id] == nil)
        #expect(board.last?.text == "Emmy Noether: no longer on this board")
    }

    @Test("keys are read from letters and from the escape sequences of either kind")
    func keys() {
        #expect(
            TerminalKey.parse(Array("jq\u{1B}[A\u{1B}OB\u{1B}[5~\u{1B}[1;5Cx".utf8))
                == [.down, .quit, .up, .down, .pageUp, .right, .other])
        #expect(TerminalKey.parse([0x1B]) == [.other])
        #expect(TerminalKey.parse([0x1B, 0x5B]) == [])
        #expect(TerminalKey.parse([0x03, 0x04]) == [.quit, .quit])
    }
}
