internal import ArgumentParser
internal import Foundation
internal import Testing

@testable internal import slotctl

/// What outsiders see. When a help text is changed on purpose, run the tests with
/// SLOTCTL_UPDATE_GOLDENS=1 and review the difference.
struct HelpTests {
    private static let commands: [(String, any ParsableCommand.Type)] = [
        ("slotctl", Slotctl.self), ("slots-find", SlotsFind.self),
        ("booking-create", BookingCreate.self), ("booking-list", BookingList.self),
        ("board", BoardShow.self), ("procedure", ProcedureCommand.self),
        ("procedure-attach", ProcedureAttach.self), ("import-fhir", ImportFHIR.self),
        ("import-medscheduler", ImportMedscheduler.self), ("import-csv", ImportCSV.self),
        ("import-ndjson", ImportNDJSON.self), ("export-csv", ExportCSV.self),
        ("export-ndjson", ExportNDJSON.self),
        ("context-set", ContextSet.self), ("provider-update", ProviderUpdate.self),
        ("location-update", LocationUpdate.self), ("service-update", ServiceUpdate.self),
        ("resource-create", ResourceCreate.self), ("org-update", OrganizationUpdate.self),
        ("booking-move", BookingMove.self), ("booking-cancel", BookingCancel.self),
        ("charge-export", ChargeExport.self), ("booking-watch", BookingWatch.self),
        ("waitlist", WaitlistCommand.self), ("waitlist-join", WaitlistJoin.self),
        ("waitlist-list", WaitlistList.self), ("waitlist-leave", WaitlistLeave.self),
        ("schedule", ScheduleCommand.self), ("schedule-add-closure", ScheduleAddClosure.self),
        ("schedule-set-provider-hours", ScheduleSetProviderHours.self),
    ]

    @Test("the help of the main commands is what was reviewed")
    func goldens() throws {
        let isUpdating = ProcessInfo.processInfo.environment["SLOTCTL_UPDATE_GOLDENS"] == "1"
        for (name, command) in Self.commands {
            let text = Slotctl.helpMessage(for: command, columns: 80) + "\n"
            if isUpdating {
                let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                let file = folder.appendingPathComponent("Fixtures/help/\(name).txt")
                try Data(text.utf8).write(to: file)
                continue
            }
            let file = Bundle.module.bundleURL.appendingPathComponent("Fixtures/help/\(name).txt")
            let golden = try String(contentsOf: file, encoding: .utf8)
            #expect(text == golden, "\(name)")
        }
    }

    @Test("every command that does something has an example, which fits 80 columns unwrapped")
    func everyExample() {
        var open: [any ParsableCommand.Type] = [Slotctl.self]
        var count = 0
        while let command = open.popLast() {
            open += command.configuration.subcommands
            guard command.configuration.subcommands.isEmpty || command == Slotctl.self else {
                continue
            }
            count += 1
            let discussion = command.configuration.discussion
            #expect(discussion.contains("EXAMPLES:\n  slotctl "), "\(command)")
            for line in discussion.split(separator: "\n") where line.hasPrefix("  ") {
                #expect(line.count <= 79, "\(command): \(line)")
                #expect(!line.contains("“"), "quotes that a shell does not know: \(line)")
            }
        }
        #expect(count > 40)
    }

    @Test("completion scripts can be made for the three shells")
    func completions() {
        for shell in [CompletionShell.bash, .zsh, .fish] {
            #expect(Slotctl.completionScript(for: shell).contains("slotctl"))
        }
    }
}
