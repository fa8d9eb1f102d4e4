internal import Intervals
internal import SlotdAPI
internal import Synchronization

/// `slotctl board --watch` on a terminal that can only print, as `TERM=dumb` says: the board once,
/// then a line a change.
struct PrintedBoard: Sendable {
    let session: Session
    let location: Slotd_V1_Location

    func run(_ day: LocalDate) async throws(CommandFailure) {
        let zone = try Zone(name: location.timeZone)
        let board = Mutex(LiveBoard())
        let output = session.output
        let feed = session.boardFeed(location: location.id, date: day.message)
        try await feed.run { event in
            switch event {
            case .message(let message):
                let known = board.withLock { board in
                    board.take(message, at: session.now)
                    return board
                }
                if message.isSnapshot {
                    var text = BoardText(board: message.snapshot, now: session.now)
                    text.isUTF8 = session.terminal.isUTF8
                    text.lines(width: output.columns ?? 80, paint: output.paint)
                        .forEach(output.writeLine)
                } else if !message.isHeartbeat, let last = known.last {
                    let line = "\(zone.reading(last.at).clock) \(last.text)"
                    output.writeLine(session.terminal.isUTF8 ? line : asciiOnly(line))
                }
            case .lost(let failure, let pause):
                session.note(lost: failure, pause)
            }
            return true
        }
    }
}
