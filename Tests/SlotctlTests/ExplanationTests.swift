internal import SlotdAPI
internal import SwiftProtobuf
internal import Testing

@testable internal import slotctl

/// Why not, in sentences that a receptionist can read out.
struct ExplanationTests {
    private let kim = testID(.provider, "a")
    private let room = testID(.resource, "b")
    private let start = rfc3339Moment("2026-11-24T15:00:00Z")!

    private func span(_ from: String, _ to: String) -> Slotd_V1_TimeSpan {
        .with {
            $0.start = rfc3339Moment(from)!.timestamp
            $0.end = rfc3339Moment(to)!.timestamp
        }
    }

    private func text(
        isVisit: Bool = false, _ change: (inout Slotd_V1_ExplainAvailabilityResponse) -> Void
    ) throws -> ExplanationText {
        var reply = Slotd_V1_ExplainAvailabilityResponse()
        change(&reply)
        var names = Directory()
        names.names = [kim: "Dr. Kim", room: "Room 1"]
        return ExplanationText(
            reply, names: names, zone: try Zone(name: "America/New_York"), paint: .none,
            isVisit: isVisit)
    }

    @Test("each rule that fails is one sentence, with what is in the way and until when")
    func sentences() throws {
        let lines = try text { reply in
            reply.providers = [
                .with {
                    $0.providerID = kim
                    $0.segment = 1
                    $0.failures = [
                        .with {
                            $0.reason = .slotTaken
                            $0.message = "another booking has the time"
                            $0.blockingIds = [testID(.booking, "c")]
                            $0.blocking = [span("2026-11-24T14:50:00Z", "2026-11-24T15:40:00Z")]
                        },
                        .with {
                            $0.reason = .slotHeld
                            $0.message = "another caller holds the time for a while"
                            $0.heldUntil = rfc3339Moment("2026-11-24T14:05:00Z")!.timestamp
                        },
                        .with {
                            $0.reason = .resourceOut
                            $0.message = "a room is out of use"
                            $0.resourceID = room
                        },
                        .with {
                            $0.reason = .resourceTaken
                            $0.message = "too few are free"
                            $0.pool = "rooms"
                        },
                    ]
                }
            ]
            reply.nextFree = rfc3339Moment("2026-11-25T15:00:00Z")!.timestamp
        }.start(start)
        #expect(
            lines == [
                "Tue 24 Nov 2026 10:00 cannot be booked.",
                "  Dr. Kim",
                "    Another booking has the time. In the way: 09:50–10:40, "
                    + "\(testID(.booking, "c")). SLOT_TAKEN",
                "    Another caller holds the time for a while, until 09:05 at the latest. "
                    + "SLOT_HELD",
                "    A room is out of use: Room 1. RESOURCE_OUT",
                "    Too few are free: pool “rooms”. RESOURCE_TAKEN",
                "The next start that can be booked: Wed 25 Nov 2026 10:00.",
            ])
    }

    @Test("what can be booked says so, and who is free")
    func available() throws {
        let lines = try text { reply in
            reply.available = true
            reply.providers = [.with { $0.providerID = kim }]
        }.start(start)
        #expect(
            lines == [
                "Tue 24 Nov 2026 10:00 can be booked.", "  Dr. Kim: free",
                "No start of the 60 days after it can be booked.",
            ])
    }

    @Test("of a visit each line says which segment, and nobody at all is told as nobody")
    func visit() throws {
        let lines = try text(isVisit: true) { reply in
            reply.providers = [
                .with {
                    $0.segment = 2
                    $0.failures = [
                        .with {
                            $0.reason = .serviceNotOffered
                            $0.message = "nobody offers the service at this location"
                        }
                    ]
                }
            ]
        }.start(start)
        #expect(lines[1] == "  Nobody (segment 2)")
        #expect(
            lines[2] == "    Nobody offers the service at this location. SERVICE_NOT_OFFERED")
    }

    @Test("a stretch that ends on another day names both days")
    func overnight() throws {
        let lines = try text { reply in
            reply.providers = [
                .with {
                    $0.providerID = kim
                    $0.failures = [
                        .with {
                            $0.reason = .timeOff
                            $0.message = "the provider has time off"
                            $0.blocking = [span("2026-11-24T05:00:00Z", "2026-11-26T05:00:00Z")]
                        }
                    ]
                }
            ]
        }.start(start)
        #expect(
            lines[2] == "    The provider has time off. In the way: "
                + "Tue 24 Nov 2026 00:00–Thu 26 Nov 2026 00:00. TIME_OFF")
    }

    @Test("a day's line has its number, a bar and the reasons, and no line is too wide")
    func days() throws {
        let reasons: [Slotd_V1_Reason] = [
            .locationClosed, .outsideHours, .slotTaken, .buffer, .tooSoon, .dailyCap,
        ]
        var text = try text { reply in
            reply.days = [
                .with {
                    $0.date = .with {
                        $0.year = 2026
                        $0.month = 11
                        $0.day = 24
                    }
                    $0.available = 5
                    $0.reasons = reasons.map { reason in
                        .with {
                            $0.reason = reason
                            $0.count = 5
                        }
                    }
                }
            ]
        }
        text.isUTF8 = false
        for width in [80, 120, 200] {
            let lines = text.days(width: width)
            #expect(lines.allSatisfy { displayWidth($0) <= width })
            #expect(lines[0].hasPrefix("Tue 24 Nov 2026     5 free  ###................."))
            #expect(lines.joined(separator: " ").contains("DAILY_CAP 5"))
        }
        #expect(text.days(width: 80).count > text.days(width: 200).count)
    }

    @Test("machines get a row for each rule, and AVAILABLE where none fails")
    func rows() throws {
        let reply = Slotd_V1_ExplainAvailabilityResponse.with {
            $0.providers = [
                .with {
                    $0.providerID = kim
                    $0.segment = 1
                },
                .with {
                    $0.providerID = room
                    $0.segment = 1
                    $0.failures = [.with { $0.reason = .tooSoon }, .with { $0.reason = .tooFar }]
                },
            ]
        }
        #expect(
            ExplanationText.failureRows(reply) == [
                ["1", kim, "AVAILABLE", "", "", "", ""],
                ["1", room, "TOO_SOON", "", "", "", ""],
                ["1", room, "TOO_FAR", "", "", "", ""],
            ])
    }
}
