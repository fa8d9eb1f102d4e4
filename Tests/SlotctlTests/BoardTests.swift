internal import SlotdAPI
internal import SwiftProtobuf
internal import Testing

@testable internal import slotctl

struct BoardTests {
    private let now = rfc3339Moment("2026-11-24T14:12:00Z")!

    private func card(
        _ id: Character, _ stage: Slotd_V1_Stage, _ start: String, _ patient: String
    ) -> Slotd_V1_BoardCard {
        .with {
            $0.booking.id = testID(.booking, id)
            $0.booking.stage = stage
            $0.booking.start = rfc3339Moment(start)!.timestamp
            $0.booking.end = (rfc3339Moment(start)! + 1800).timestamp
            $0.booking.utcOffsetMinutes = -300
            $0.patientName = patient
            $0.serviceName = "Botox"
            $0.providerName = "Dr. Kim"
            $0.inStageSince = rfc3339Moment("2026-11-24T14:00:00Z")!.timestamp
        }
    }

    private var board: Slotd_V1_GetBoardResponse {
        .with {
            $0.locationName = "Downtown"
            $0.date = .with {
                $0.year = 2026
                $0.month = 11
                $0.day = 24
            }
            $0.timeZone = "America/New_York"
            $0.columns = Slotd_V1_Stage.known.map { stage in
                .with {
                    $0.stage = stage
                    $0.label = stage.label
                }
            }
            $0.columns[1].cards = [card("a", .new, "2026-11-24T14:30Z", "Ada Lovelace")]
            $0.columns[3].cards = [
                card("b", .checkIn, "2026-11-24T14:00Z", "Maria Sklodowska-Curie of Warsaw")
            ]
            $0.columns[4].cards = [card("c", .inProcedure, "2026-11-24T13:30Z", "Emmy Noether")]
            $0.columns[4].cards[0].procedureStatus = .draft
        }
    }

    @Test("a card that calls for attention and a deposit that is due are told in words")
    func attention() {
        var board = board
        board.columns[3].cards[0].alert = true
        board.columns[1].cards[0].paymentPending = true
        let lines = BoardText(board: board, now: now).lines(width: 150, paint: .none)
        #expect(lines.contains { $0.contains("▌ 09:00–09:30     ! 12m") })
        #expect(lines.contains { $0.contains("▌ payment pending") })
    }

    @Test("on a wide terminal the stages stand side by side, the main ones even when empty")
    func wide() {
        let lines = BoardText(board: board, now: now).lines(width: 150, paint: .none)
        #expect(lines[0].hasPrefix("Downtown  Tue 24 Nov 2026  3 bookings, America/New_York"))
        #expect(
            lines[2].split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
                == "New 1 Confirmed 0 Check-in 1 In Procedure 1 Billing 0 Checkout 0")
        #expect(lines.contains { $0.contains("▌ 09:00–09:30       12m") })
        #expect(lines.contains { $0.contains("▌ Maria Sklodowska-Cur…") })
        #expect(lines.contains { $0.contains("▌ ● draft") })
        #expect(lines.contains { $0.contains("▌ Dr. Kim        …0000c") })
    }

    @Test("no line is wider than the terminal, however narrow it is")
    func narrow() {
        for width in [30, 40, 60, 80, 100, 119, 137, 200] {
            for isColored in [false, true] {
                let paint = Paint(isColored: isColored)
                let lines = BoardText(board: board, now: now).lines(width: width, paint: paint)
                for line in lines {
                    let seen = line.replacing(#/\u{1B}\[[0-9;]*m/#, with: "")
                    #expect(displayWidth(seen) <= width, "\(width): \(seen)")
                }
            }
        }
        let lines = BoardText(board: board, now: now).lines(width: 40, paint: .none)
        #expect(lines[1] == "New 1 · Confirmed 0 · Check-in 1 · In P…")
        #expect(!lines.dropFirst(2).contains { $0.contains("Billing") })
    }

    @Test("an empty day says so")
    func empty() {
        var board = board
        for index in board.columns.indices { board.columns[index].cards = [] }
        let lines = BoardText(board: board, now: now).lines(width: 80, paint: .none)
        #expect(lines.last == "Nobody is booked.")
    }

    @Test("slots are shown by day and provider in local time; a repeated hour says its offset")
    func slots() {
        let reply = Slotd_V1_FindSlotsResponse.with {
            $0.providerIds = ["p1", "p2"]
            $0.slots = [
                slot("2026-11-01T05:30Z", -240, [0]), slot("2026-11-01T06:30Z", -300, [0, 1]),
                slot("2026-11-01T14:00Z", -300, [1]), slot("2026-11-02T14:00Z", -300, [0]),
            ]
        }
        let names = Directory(names: ["p1": "Dr. Kim", "p2": "Dr. Abel"])
        #expect(
            SlotGrid(reply, names: names).lines(width: 60, paint: .none) == [
                "Sun 1 Nov 2026",
                "  Dr. Abel  01:30-05:00 09:00",
                "  Dr. Kim   01:30-04:00 01:30-05:00",
                "",
                "Mon 2 Nov 2026",
                "  Dr. Kim   09:00",
            ])
        #expect(
            SlotText.rows(reply.slots[1], reply, names).map { $0[3] } == ["Dr. Kim", "Dr. Abel"])
        #expect(
            SlotText.json(reply.slots[0], reply.providerIds)
                == "{\"start\":\"2026-11-01T05:30:00Z\",\"end\":\"2026-11-01T06:00:00Z\","
                + "\"utcOffsetMinutes\":-240,\"providerIds\":[\"p1\"]}")
    }

    private func slot(_ start: String, _ offset: Int32, _ providers: [Int32]) -> Slotd_V1_Slot {
        .with {
            $0.start = rfc3339Moment(start)!.timestamp
            $0.end = (rfc3339Moment(start)! + 1800).timestamp
            $0.utcOffsetMinutes = offset
            $0.providerIndexes = providers
        }
    }

    @Test("pages of a search that number their providers differently become one reply")
    func pages() async throws {
        let daemon = FakeDaemon()
        let first = slot("2026-11-02T14:00Z", -300, [0])
        let second = slot("2026-11-02T15:00Z", -300, [0, 1])
        daemon.on(Methods.AvailabilityService.findSlots) { request in
            .with {
                let isFirst = request.pageToken.isEmpty
                $0.slots = [isFirst ? first : second]
                $0.providerIds = isFirst ? ["p1"] : ["p2", "p1"]
                $0.nextPageToken = isFirst ? "2" : ""
            }
        }
        let whole = try await daemon.session().slots(.init(), limit: 100)
        #expect(whole.providerIds == ["p1", "p2"])
        #expect(whole.slots.map(\.providerIndexes) == [[0], [1, 0]])
        #expect(!whole.truncated)
        #expect(try await daemon.session().slots(.init(), limit: 1).truncated)
    }
}
