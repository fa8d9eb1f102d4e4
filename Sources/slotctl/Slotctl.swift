internal import ArgumentParser
internal import CStandardStreams
internal import Foundation

/// `slotctl NOUN VERB`: the admin's command line of slotd. Each command is a thin piece: it reads
/// what the user wrote, makes one call (or a dialogue of a few), and shows the reply.
@main
struct Slotctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slotctl",
        abstract: "Find slots, book them, and attach bookings to procedures.",
        discussion: """
            Records are named by id, as ref:REFERENCE (your own name of them), or, for catalog and \
            patients, by name or the unique beginning of it or of a word in it. Times are RFC \
            3339 or the location's local time: “2026-11-24 09:00”, “tomorrow 9:00”.

            Data goes to stdout, everything else to stderr. On a terminal data is a table, in a \
            pipe TSV without a heading; -o chooses.

            Exit status: 0 done, 1 failed or refused as invalid, 2 declined or not confirmed, 3 \
            not found, 4 not allowed, 5 conflict (slot taken, version changed), 6 unavailable (try \
            again), 7 audit found something, 64 wrong usage, 130 interrupted.


            """
                + examples(
                    "slotctl health",
                    "slotctl slots find --service Botox --date tomorrow",
                    "slotctl booking create --patient \"Ada Lovelace\" --service Botox \\",
                    "    --start \"tomorrow 9:00\"",
                    "slotctl board --watch",
                    "slotctl procedure attach"),
        version: "slotctl \(BuildInformation.version)",
        subcommands: [
            SlotsCommand.self, FreeBusyCommand.self, BookingCommand.self, HoldCommand.self,
            WaitlistCommand.self, BoardCommand.self,
            ProcedureCommand.self, ChargeCommand.self, PatientCommand.self, LocationCommand.self,
            ProviderCommand.self, ServiceCommand.self, ResourceCommand.self,
            ScheduleCommand.self,
            ProcedureTypeCommand.self, OrganizationCommand.self, ImportCommand.self,
            ExportCommand.self, AuditCommand.self, ClockCommand.self, ContextCommand.self,
            HealthCommand.self, ExplainCommand.self, CompletionCommand.self, DemoCommand.self,
        ])

    @OptionGroup(title: "Global options") var global: GlobalOptions

    static func main() async {
        slotd_occupy_closed_streams()
        Interruption.install()
        Foundation.exit(await Invocation.run(Array(CommandLine.arguments.dropFirst())))
    }
}
