internal import ArgumentParser
internal import Intervals
internal import SlotdAPI
internal import SwiftProtobuf
internal import Testing

@testable internal import slotctl

struct TimeTests {
    private func times(_ zone: String = "America/New_York") throws -> TimeExpression {
        TimeExpression(
            zone: try Zone(name: zone), now: rfc3339Moment("2026-11-24T13:05:30Z")!)
    }

    @Test(
        "what people write means the moment they mean",
        arguments: [
            ("2026-11-24T09:00:00-05:00", "2026-11-24T14:00:00Z"),
            ("2026-11-24T14:00Z", "2026-11-24T14:00:00Z"),
            ("2026-11-24 09:00+05:30", "2026-11-24T03:30:00Z"),
            ("2026-11-24T09:00:30.25-05:00", "2026-11-24T14:00:30Z"),
            ("2026-11-24 09:00", "2026-11-24T14:00:00Z"),
            ("2026-11-24T09:00", "2026-11-24T14:00:00Z"),
            ("2026-11-24", "2026-11-24T05:00:00Z"),
            ("today 9:00", "2026-11-24T14:00:00Z"),
            ("Tomorrow 9:00", "2026-11-25T14:00:00Z"),
            ("yesterday", "2026-11-23T05:00:00Z"),
            ("tue 09:00", "2026-11-24T14:00:00Z"),
            ("monday 09:00", "2026-11-30T14:00:00Z"),
            ("9:30", "2026-11-24T14:30:00Z"),
            ("now", "2026-11-24T13:05:00Z"),
            ("2026-07-01 09:00", "2026-07-01T13:00:00Z"),
            ("1928-11-05 05:50", "1928-11-05T10:50:00Z"),
        ])
    func meaning(text: String, expected: String) throws {
        #expect(try times().moment(text).rfc3339() == expected)
    }

    @Test(
        "what cannot be meant is refused with exit 64",
        arguments: [
            "", "noon", "2026-02-30", "2026-11-24 25:00", "24-11-2026", "2026-11-24 09:00 x", "9",
            "2026-11-24T09:00:00-5:00", "2026-11-24T24:00Z", "mo", "tomorrow nine",
            // The clock skips the first and shows the second twice.
            "2027-03-14 02:30", "2026-11-01 01:30",
        ])
    func refusal(text: String) throws {
        let times = try times()
        #expect { try times.moment(text) } throws: { error in
            (error as? CommandFailure)?.exitStatus == .usage
        }
    }

    @Test("a time that happens twice is refused with both of its spellings")
    func twice() throws {
        let times = try times()
        #expect { try times.moment("2026-11-01 01:30") } throws: { error in
            let message = (error as? CommandFailure)?.message ?? ""
            return message.contains("2026-11-01T01:30:00-04:00 or 2026-11-01T01:30:00-05:00")
        }
    }

    @Test("a day begins at its first minute, also where midnight is skipped")
    func firstMinute() throws {
        let cairo = try times("Africa/Cairo")
        #expect(
            try cairo.moment("2026-04-24").rfc3339(in: cairo.zone) == "2026-04-24T01:00:00+03:00")
    }

    @Test("windows are whole local days, 23 to 25 hours long")
    func windows() throws {
        let times = try times()
        var options = try WindowOptions.parse(["--date", "2026-11-01"])
        var window = try options.window(times, defaultDays: 7)
        #expect(window.to.seconds - window.from.seconds == 25 * 3600)
        options = try WindowOptions.parse([])
        window = try options.window(times, defaultDays: 7)
        #expect(window.from.rfc3339() == "2026-11-24T13:06:00Z")
        #expect(window.to.rfc3339() == "2026-12-01T05:00:00Z")
        options = try WindowOptions.parse(["--from", "tomorrow 8:00", "--days", "2"])
        window = try options.window(times, defaultDays: 7)
        #expect(window.from.rfc3339() == "2026-11-25T13:00:00Z")
        #expect(window.to.rfc3339() == "2026-11-27T05:00:00Z")
        #expect(throws: (any Error).self) {
            try WindowOptions.parse(["--date", "mon", "--from", "mon"])
        }
        #expect(throws: (any Error).self) { try WindowOptions.parse(["--days", "401"]) }
    }

    @Test("weekly hours are read as they are written and shown with equal days joined")
    func hours() throws {
        let hours =
            try HoursText.parse("mon-fri 09:00-12:00,13:00-17:00")
            + HoursText.parse("sat 20:00-02:00")
        #expect(hours.count == 11)
        #expect(HoursText.text(hours) == "Mon–Fri 09:00–12:00 and 13:00–17:00, Sat 20:00–02:00")
        #expect(
            HoursText.text(try HoursText.parse("sat-mon 09:00-10:00"))
                == "Mon 09:00–10:00, Sat–Sun 09:00–10:00")
        for text in ["", "mon", "mon 9-17", "xyz 09:00-17:00", "mon 24:00-25:00", "mon 09:00"] {
            #expect(throws: CommandFailure.self) { try HoursText.parse(text) }
        }
    }

    @Test("a length of time is read in short and as ISO 8601 has it")
    func lengths() {
        let lengths: [(String, Int64)] = [
            ("90s", 90), ("15m", 900), ("2h30m", 9000), ("1d", 86_400), ("2w", 1_209_600),
            ("PT15M", 900), ("P1DT2H", 93_600), ("pt1h30m5s", 5405), ("P2W", 1_209_600), ("0s", 0),
        ]
        for (text, seconds) in lengths { #expect(lengthSeconds(text) == seconds, "\(text)") }
        let wrong = [
            "", "15", "m", "15x", "30m2h", "1h1h", "-5m", "1.5h", "P", "PT", "P15M", "P1DT", "PT1D",
            "P1H", "T5M", "PT5M5M", "9999999999s", "1h ", "５m",
        ]
        for text in wrong { #expect(lengthSeconds(text) == nil, "\(text)") }
    }

    @Test("what is made up around today is made up around the test clock's day, where there is one")
    func daemonTime() async throws {
        let daemon = FakeDaemon()
        let moment = rfc3339Moment("2031-01-02T03:04:00Z")!
        daemon.on(Methods.AdminService.getClock) { _ in
            .with {
                $0.clock.now = moment.timestamp
                $0.clock.testClock = true
            }
        }
        let session = try daemon.session()
        #expect(try await session.daemonTime() == moment)
        daemon.on(Methods.AdminService.getClock) { _ in .with { $0.clock.now = moment.timestamp } }
        #expect(try await session.daemonTime() == session.now)
    }
}
