internal import SlotdAPI

extension RecordView<Slotd_V1_Clock> {
    static var clock: Self {
        RecordView(
            singular: "clock", plural: "clocks",
            fields: [
                .text("now", "now") { Moment($0.now).rfc3339() },
                .text("clock", "clock") {
                    $0.testClock ? "test clock, stands still" : "real clock"
                },
            ])
    }
}
