import Intervals
import Testing
import Workload

@testable import Scheduling

/// The test clock as the core sees it.
@Suite struct MoveClockTests {
    private func sandbox(hasTestClock: Bool = true) throws -> Sandbox {
        Sandbox(
            zones: TimeZoneDatabase(), now: Instant(try utc("2026-03-02T09:00Z")), seed: 1,
            hasTestClock: hasTestClock)
    }

    @Test("an organization without a test clock never gets one")
    func production() throws {
        var sandbox = try sandbox(hasTestClock: false)
        let later = sandbox.now.adding(seconds: 60)
        #expect(sandbox.refusal(of: MoveClock(.to(later)))?.reason == .testClockOff)
        #expect(sandbox.refusal(of: MoveClock(.by(milliseconds: 1)))?.reason == .testClockOff)
        let details = sandbox.organization.profile.details
        try sandbox.perform(UpdateOrganization(expectedVersion: 0, details: details))
        #expect(sandbox.organization.profile.testClock == nil)
    }

    @Test("the clock goes forward or stays, and the organization keeps it through its updates")
    func forward() throws {
        var sandbox = try sandbox()
        let start = sandbox.now
        #expect(try sandbox.perform(MoveClock(.to(start))) == start)
        #expect(sandbox.lastEvent == nil)
        let back = sandbox.refusal(of: MoveClock(.to(start.plus(-1))))
        #expect(back?.reason == .invalidValue && back?.field == "now")
        #expect(try sandbox.perform(MoveClock(.by(milliseconds: 1500))) == start.plus(1500))
        #expect(sandbox.organization.profile.testClock == start.plus(1500))
        #expect(sandbox.organization.profile.version == 2)
        sandbox.undoLast()
        #expect(sandbox.organization.profile.testClock == start)
        var details = sandbox.organization.profile.details
        details.name = "another"
        try sandbox.perform(UpdateOrganization(expectedVersion: 1, details: details))
        #expect(sandbox.organization.profile.testClock == start)
    }

    @Test(
        "nothing but a length of time moves the clock on, and not out of its years",
        arguments: [0, -1, .min, .max, 95_617_584_000_000])
    func bounds(milliseconds: Int64) throws {
        var sandbox = try sandbox()
        let refusal = sandbox.refusal(of: MoveClock(.by(milliseconds: milliseconds)))
        #expect(refusal?.reason == .invalidValue && refusal?.field == "by")
    }

    @Test("the last reading is the last second of 4999")
    func last() throws {
        var sandbox = try sandbox()
        let last = Instant(try utc("4999-12-31T23:59Z")).adding(seconds: 59)
        #expect(MoveClock.readings.upperBound == last)
        #expect(try sandbox.perform(MoveClock(.to(last))) == last)
        #expect(sandbox.refusal(of: MoveClock(.to(last.plus(1))))?.field == "now")
    }
}

extension Instant {
    fileprivate func plus(_ milliseconds: Int64) -> Instant {
        Instant(milliseconds: self.milliseconds + milliseconds)
    }
}
