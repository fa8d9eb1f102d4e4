internal import Engine
internal import Intervals
internal import Scheduling

/// What `--test-clock[=TIME]` asks for, and whether a data directory can have it.
struct TestClockWish {
    /// Where the clock of a new directory begins, and one that is behind goes on to; nil: a new one
    /// begins at the minute that has begun.
    var start: Instant?

    /// Reads `now` or RFC 3339; nil for anything else.
    init?(_ text: String) {
        guard text != "now" else { return }
        guard let start = Instant(rfc3339: text), MoveClock.readings.contains(start) else {
            return nil
        }
        self.start = start
    }

    /// The clock for what was recovered; nil: the real one.
    ///
    /// Every organization of a development directory was created with a mark of it, and no other
    /// one has it. So a directory is of one kind from its first entry on, and whoever starts it
    /// must know which: by the real clock the test data would seem years old or yet to come, and by
    /// a test clock a clinic's day would stand still.
    static func clock(
        for organizations: [Organization], wish: TestClockWish?, directory: String
    ) throws(StartFailure) -> TestClock? {
        let marks = organizations.compactMap(\.profile.testClock)
        guard marks.count == organizations.count || marks.isEmpty else {
            throw .broken("\(directory) holds organizations with and without a test clock")
        }
        switch (wish, marks.max()) {
        case (nil, nil):
            return nil
        case (nil, let shown?):
            throw .message(
                "\(directory) is a development directory, whose clock stands at \(shown.minute): "
                    + "start it with --test-clock, or name another directory")
        case (let wish?, nil):
            guard organizations.isEmpty else {
                throw .message(
                    "\(directory) was not created with --test-clock, so its clock is the real one "
                        + "for ever; name another directory for tests")
            }
            return TestClock(at: wish.start ?? Instant(Clock.now().minute))
        case (_?, let shown?):
            return TestClock(at: shown)
        }
    }
}
