internal import Foundation
internal import Intervals
internal import SlotdAPI
internal import SwiftProtobuf
internal import Synchronization

/// `slotctl board --watch` on a terminal: follows the board and draws it at each change, at each
/// key, and each minute, until somebody quits.
///
/// Three tell it something: the feed, the terminal's thread and a timer. Each puts what it has
/// under the lock and rings one bell; one loop takes all of it and draws. So a burst of changes is
/// drawn once, and nothing queues up.
final class BoardWatch: Sendable {
    private struct State {
        var board = LiveBoard()
        var link = BoardScreen.Link.connecting
        var waiting: Int?
        var keys: [TerminalKey] = []
        var signals: [Int32] = []
        var isClosed = false
        var failure: CommandFailure?
    }

    /// What ended it.
    private enum Ending {
        case quit
        case signal(Int32)
        case failure(CommandFailure)
    }

    private let session: Session
    private let location: Slotd_V1_Location
    /// Nil: today, whichever day that becomes.
    private let day: LocalDate?
    private let state = Mutex(State())
    private let bell: AsyncStream<Void>.Continuation
    private let rings: AsyncStream<Void>

    /// - day: nil for today, also after midnight.
    init(_ session: Session, _ location: Slotd_V1_Location, day: LocalDate?) {
        self.session = session
        self.location = location
        self.day = day
        (rings, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    private static var now: Moment {
        Moment(seconds: Int64(Date().timeIntervalSince1970.rounded(.down)))
    }

    /// Runs until somebody quits; a signal ends the process with the status that shells expect.
    func run() async throws(CommandFailure) {
        let zone = try Zone(name: location.timeZone)
        let clock = try await session.api.call(Methods.AdminService.getClock, .init())
        let offset = Moment(clock.clock.now).seconds - Self.now.seconds
        state.withLock { $0.board.clockOffset = offset }
        TerminalInput.start(readsKeys: session.terminal.isInputTerminal) { [self] event in
            state.withLock {
                switch event {
                case .key(let key): $0.keys.append(key)
                case .signal(let number): $0.signals.append(number)
                case .closed: $0.isClosed = true
                }
            }
            bell.yield()
        }
        var screen = FullScreen(controlsInput: session.terminal.isInputTerminal) {
            StandardStream.output.write($0)
        }
        screen.enter()
        let counting = Task { await countWaiting() }
        let ending = await loop(&screen, zone)
        counting.cancel()
        screen.leave()
        switch ending {
        case .quit: return
        case .signal(let number): exit(128 + number)
        case .failure(let failure): throw failure
        }
    }

    private func loop(_ screen: inout FullScreen, _ zone: Zone) async -> Ending {
        var place = BoardScreen.Place()
        var bells = rings.makeAsyncIterator()
        var shownDay: LocalDate?
        var following: Task<Void, Never>?
        var size = FullScreen.size
        var isSuspended = false
        defer { following?.cancel() }
        while true {
            let (state, isCleared) = take()
            if let failure = state.failure { return .failure(failure) }
            if state.isClosed || state.keys.contains(.quit) { return .quit }
            if let end = state.signals.first(where: Self.isEnd) { return .signal(end) }
            if let last = state.signals.last(where: { $0 == SIGTSTP || $0 == SIGCONT }) {
                isSuspended = last == SIGTSTP
                if isSuspended { suspend(&screen) } else { screen.enter() }
            }
            if isSuspended {
                _ = await bells.next(isolation: nil)
                continue
            }
            let now = Self.now
            let today = zone.reading(now + state.board.clockOffset).day
            let wanted = day ?? today
            if wanted != shownDay {
                following?.cancel()
                if let old = following { await old.value }
                following = follow(wanted)
                shownDay = wanted
                place = .init()
                continue
            }
            var view = BoardScreen(board: state.board, now: now)
            view.zone = zone
            view.link = state.link
            view.waiting = state.waiting
            view.isUTF8 = session.terminal.isUTF8
            view.place = place
            let before = size
            size = FullScreen.size
            for key in state.keys {
                place = view.moved(key, size)
                view.place = place
            }
            screen.draw(
                view.lines(size, session.output.paint),
                clears: isCleared || size != before)
            // A burst of changes is drawn some twenty times a second, not each by itself.
            try? await Task.sleep(for: .milliseconds(40))
            let timer = wake(at: Self.nextMoment(state.board, state.link, now))
            _ = await bells.next(isolation: nil)
            timer.cancel()
        }
    }

    /// What there is to know now; keys and signals are taken away.
    private func take() -> (State, isCleared: Bool) {
        state.withLock { state in
            let copy = state
            state.keys = []
            state.signals = []
            return (copy, copy.signals.contains { $0 == SIGCONT || $0 == SIGWINCH })
        }
    }

    private static func isEnd(_ signal: Int32) -> Bool {
        [SIGINT, SIGTERM, SIGHUP, SIGQUIT].contains(signal)
    }

    /// Ctrl-Z: the shell gets its terminal back until it says `fg`, which is told by SIGCONT.
    private func suspend(_ screen: inout FullScreen) {
        screen.leave()
        kill(getpid(), SIGSTOP)
    }

    /// When the screen changes by time alone.
    private static func nextMoment(
        _ board: LiveBoard, _ link: BoardScreen.Link, _ now: Moment
    ) -> Moment {
        // Minutes are those of the daemon's clock.
        let toMinute = 60 - (now.seconds + board.clockOffset).modulo(60)
        var next = now + toMinute
        if let fading = board.nextFading(after: now) { next = min(next, fading) }
        if case .lost = link { next = min(next, now + 1) }
        return next
    }

    private func wake(at moment: Moment) -> Task<Void, Never> {
        let seconds = Double(moment.seconds) - Date().timeIntervalSince1970
        return Task { [bell] in
            try? await Task.sleep(for: .seconds(max(0.02, seconds)))
            bell.yield()
        }
    }

    // MARK: What the daemon tells

    private func follow(_ day: LocalDate) -> Task<Void, Never> {
        let wasLive = state.withLock {
            let wasLive = $0.board.revision > 0
            let offset = $0.board.clockOffset
            $0.board = LiveBoard()
            $0.board.clockOffset = offset
            $0.link = .connecting
            return wasLive
        }
        var feed = session.boardFeed(location: location.id, date: day.message)
        // A new day must not end a board whose daemon happens to be away at midnight.
        feed.waitsFromStart = wasLive
        return Task { [self, feed] in
            do throws(CommandFailure) {
                try await feed.run { event in
                    take(event)
                    return true
                }
            } catch {
                state.withLock { $0.failure = error }
                bell.yield()
            }
        }
    }

    private func take(
        _ event: WatchFeed<Slotd_V1_WatchBoardRequest, Slotd_V1_WatchBoardResponse>.Event
    ) {
        let now = Self.now
        state.withLock { state in
            switch event {
            case .message(let message):
                state.board.take(message, at: now)
                state.link = .live
            case .lost(_, let pause):
                state.link = .lost(until: now + max(1, Int64(pause / .seconds(1))))
            }
        }
        bell.yield()
    }

    /// The waitlist has no watch of its own; it is asked for once a minute.
    private func countWaiting() async {
        while !Task.isCancelled {
            if let count = await session.waitingCount(at: location.id) {
                state.withLock { $0.waiting = count }
                bell.yield()
            }
            try? await Task.sleep(for: .seconds(60))
        }
    }
}
