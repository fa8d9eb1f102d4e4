internal import Intervals

/// What one visit needs of a provider, and with which eyes the calendar is read: the question that
/// search, hold, booking and rescheduling all ask.
struct SlotNeed: Sendable {
    var duration: Int32
    var bufferBefore: Int32
    var bufferAfter: Int32
    var grid: StartGrid
    var view: CalendarView

    /// Visit and buffers together, in minutes.
    var paddedMinutes: Int { Int(duration) + Int(bufferBefore) + Int(bufferAfter) }
}

extension LaneSchedule {
    /// The first start in `[from, to)` at which the need is met and that is accepted; nil when
    /// there is none.
    ///
    /// This is the one evaluator of availability.md 2, steps 3 to 8: the visit lies within hours,
    /// the visit with its buffers outside time off and whatever occupies the calendar, the start on
    /// the grid. Starts come in order. Cost: the runs and the gaps in the window.
    func firstStart(
        _ need: SlotNeed, in calendar: ResourceCalendar, from: Minute, to: Minute,
        where accept: (Minute) -> Bool
    ) -> Minute? {
        var found: Minute?
        var index = firstRun(endingAfter: from)
        while index < runs.count, runs[index].interval.start < to {
            let run = runs[index]
            index += 1
            let low = max(from, run.interval.start)
            let high = min(
                to.clampedAdding(minutes: -1),
                run.interval.end.clampedAdding(minutes: -need.duration))
            guard low <= high,
                let reach = Interval(
                    low.clampedAdding(minutes: -need.bufferBefore),
                    high.clampedAdding(minutes: need.duration + need.bufferAfter))
            else { continue }
            let slots = windows[run.windows]
            _ = calendar.firstGap(in: reach, atLeast: need.paddedMinutes, need.view) { gap in
                firstPiece(of: gap) { piece in
                    let first = piece.start.clampedAdding(minutes: need.bufferBefore)
                    let last = piece.end.clampedAdding(
                        minutes: -(need.bufferAfter + need.duration))
                    guard first <= last else { return false }
                    found = DayWindow.firstStart(
                        in: slots, on: need.grid, from: max(first, low), through: min(last, high),
                        zone: zone, where: accept)
                    return found != nil
                }
            }
            if found != nil { return found }
        }
        return nil
    }

    /// Whether the need is met at this very start.
    func isFree(_ need: SlotNeed, in calendar: ResourceCalendar, at start: Minute) -> Bool {
        let next = start.clampedAdding(minutes: 1)
        return firstStart(need, in: calendar, from: start, to: next) { _ in true } != nil
    }
}
