internal import SlotdAPI
internal import SwiftProtobuf
internal import Testing

@testable internal import slotctl

/// What the flags of the catalog read, they also show.
struct CatalogFieldTests {
    @Test(
        "stretches of local time come back as they were written",
        arguments: [
            "2026-12-24", "2026-12-24 12:00..2026-12-27 00:00",
            "2026-12-24 00:00..2026-12-24 24:00",
        ])
    func stretches(text: String) throws {
        #expect(try Slotd_V1_Closure(text).text == text)
    }

    @Test(
        "a service shows the buffers that it says, and a dash for what is left to the location",
        arguments: [
            (nil, nil, ""), (0, 10, "0+10"), (nil, 10, "-+10"), (5, nil, "5+-"), (0, 0, "0+0"),
        ] as [(Int32?, Int32?, String)])
    func buffers(before: Int32?, after: Int32?, shown: String) throws {
        let service = Slotd_V1_Service.with {
            $0.name = "Peel"
            if let before { $0.bufferBeforeMinutes = before }
            if let after { $0.bufferAfterMinutes = after }
        }
        let daemon = FakeDaemon()
        try daemon.session(.tsv).output.list([service], as: .service)
        let values = try #require(daemon.lines.last)
            .split(separator: "\t", omittingEmptySubsequences: false)
        #expect(values[1] == "Peel" && values[3] == shown)
    }

    @Test("a date alone is its midnight in a stretch, and the whole day by itself")
    func wholeDays() throws {
        let (start, end) = try LocalStretchText.parse("2026-12-31")
        #expect((start.date.day, start.minute) == (31, 0))
        #expect((end.date.year, end.date.month, end.date.day, end.minute) == (2027, 1, 1, 0))
        #expect(try Slotd_V1_Closure("2026-12-24..2026-12-25").text == "2026-12-24")
        let noted = Slotd_V1_Closure.with { ($0.start, $0.end, $0.note) = (start, end, "why") }
        #expect(noted.text == "2026-12-31 (why)")
    }

    @Test(
        "what is no stretch is refused with an example",
        arguments: [
            "", "tomorrow", "2026-02-29", "2026-12-24..", "a..b..c", "2026-12-24 25:00..2027-01-01",
        ])
    func badStretches(text: String) {
        #expect(throws: CommandFailure.self) { try LocalStretchText.parse(text) }
    }

    @Test(
        "hours of a date come back as they were written",
        arguments: ["2026-12-24=09:00-12:00,13:00-17:30", "2026-12-25=closed"])
    func days(text: String) throws {
        #expect(DayText.text(try DayText.parse(text)) == text)
    }

    @Test(
        "what are no hours of a date is refused",
        arguments: [
            "2026-12-24", "2026-12-24=", "2026-12-24=9", "24.12.=closed", "2026-12-24=24:00-25:00",
        ])
    func badDays(text: String) {
        #expect(throws: CommandFailure.self) { try DayText.parse(text) }
    }

    @Test("settings are taken by name, and nothing is passed over")
    func settings() throws {
        var settings = try SettingText("pool:a b,quantity=2,phases=core+finishing")
        #expect(settings.subject == "pool:a b")
        #expect(try settings.takeNumber("quantity") == 2)
        #expect(throws: CommandFailure.self) { try settings.checkAllTaken() }
        #expect(settings.takeList("phases") == ["core", "finishing"])
        try settings.checkAllTaken()
        #expect(settings.take("phases") == nil)
        for text in ["", "a=1,b", "a=", "a=1,,b=2"] {
            #expect(throws: CommandFailure.self, "\(text)") { try SettingText(text) }
        }
        var word = try SettingText("step=x")
        #expect(throws: CommandFailure.self) { try word.takeNumber("step") }
        let twice = try SettingText("step=1,step=2")
        #expect(throws: CommandFailure.self) { try twice.checkAllTaken() }
    }

    @Test("every choice of the API has a word, and comes back from it")
    func words() throws {
        func check<Value: Worded & Enum & CaseIterable>(_ type: Value.Type) throws {
            #expect(Value.words.count == Value.allCases.count - 1, "\(type)")
            for (word, value) in Value.words {
                #expect(try Value(word: word.uppercased(), for: "choice") == value)
                #expect(value.word == word)
            }
            #expect(throws: CommandFailure.self) { try Value(word: "", for: "choice") }
        }
        try check(Slotd_V1_StartAnchor.self)
        try check(Slotd_V1_Phase.self)
        try check(Slotd_V1_CapacityRule.self)
        try check(Slotd_V1_AssignmentPolicy.self)
        try check(Slotd_V1_ResourceKind.self)
        try check(Slotd_V1_PatientOverlap.self)
    }
}
