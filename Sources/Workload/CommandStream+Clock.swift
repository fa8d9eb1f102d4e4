internal import Scheduling

extension CommandStream {
    /// A move of the clock by up to two hours, or, as a wrong one, back or by nothing.
    mutating func moveClock(_ now: Instant) -> RandomCommand {
        let seconds = Int64(random.pick(0...7200))
        if random.chance(50) {
            return RandomCommand(MoveClock(.by(milliseconds: wrong() ? 0 : (seconds + 1) * 1000)))
        }
        return RandomCommand(MoveClock(.to(now.adding(seconds: wrong() ? -seconds : seconds))))
    }
}
