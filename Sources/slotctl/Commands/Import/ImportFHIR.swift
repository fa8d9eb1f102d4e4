internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl import fhir`.
struct ImportFHIR: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "fhir", abstract: "Import a folder of FHIR R4 bulk data.",
        discussion: """
            Reads Location, Practitioner, Patient, Encounter and Procedure, each as NAME.ndjson or \
            NAME.ndjson.gz, and sends them as locations, providers, patients, bookings (with their \
            services) and procedures (with their types, attached to their encounters' bookings). \
            Both ends of an encounter are cut to the minute; one that is shorter gets a minute. \
            Encounters go in order of start, then id; one that overlaps an earlier one of its \
            provider is refused, and so are its procedures.

            The organization is set to allow any number of procedures a booking, as FHIR does. \
            What was imported before is left alone, so a second run changes nothing, and a run \
            that broke off is mended by another one.

            Refused records are listed on stderr with their line and reason, and counted; they are \
            the data's affair and leave the exit status 0. --dry-run judges each record against \
            what slotd holds now, not against those before it: use it on data of which the catalog \
            was imported.


            """
                + examples(
                    "slotctl import fhir export/ --time-zone America/Chicago",
                    "slotctl import fhir export/ --check",
                    "slotctl import fhir export/ -o json 2> refused.txt"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "The folder.", completion: .directory) var folder: String
    @Option(help: "The time zone of all locations, since FHIR locations have none.")
    var timeZone = "America/New_York"
    @Flag(help: "Only read and map; send nothing.") var check = false
    @OptionGroup var options: ImportOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let zone = try Zone(name: timeZone)
        let mapping = FHIRMapping(try FHIRData.read(folder: folder), zone: zone)
        if mapping.strangeOffsetCount > 0 {
            session.output.note(
                "\(mapping.strangeOffsetCount) encounters are written with an offset that "
                    + "\(zone.name) does not have then; --time-zone names another zone.")
        }
        if mapping.lengthenedCount > 0 {
            session.output.note(
                "\(mapping.lengthenedCount) encounters are shorter than a minute and get one.")
        }
        var tally = ImportTally()
        if !check {
            if !options.dryRun { try await allowAnyNumberOfProcedures(session) }
            var run = try options.run(
                ImportItems(mapping.items), unread: mapping.refusals, session,
                title: "Importing")
            tally = try await run.run()
        }
        for refusal in mapping.refusals { session.output.note(refusal.line) }
        tally.add(mapping.refusals)
        if check {
            session.output.show(
                mapped: Dictionary(grouping: mapping.items, by: \.kind).mapValues(\.count),
                refused: Dictionary(grouping: mapping.refusals, by: \.kind).mapValues(\.count))
            return
        }
        session.output.show(tally, of: ImportKind.ofFHIR)
        if options.dryRun {
            session.output.note("Nothing was stored: this was a dry run.")
        } else if tally.isUnchanged {
            session.output.note("Nothing was changed: what can be taken was there already.")
        }
    }

    /// FHIR lets an encounter have any number of procedures.
    private func allowAnyNumberOfProcedures(_ session: Session) async throws(CommandFailure) {
        let present = try await session.api.call(
            Methods.AdminService.getOrganization, .init()
        ).organization
        if present.hasActiveProceduresPerSegment, present.activeProceduresPerSegment == 0 { return }
        var changed = present
        changed.activeProceduresPerSegment = 0
        let new = changed
        let id = RequestOptions.fresh(session)
        _ = try await session.api.call(
            Methods.AdminService.updateOrganization,
            .with {
                $0.requestID = id
                $0.expectedVersion = present.version
                $0.organization = new
            })
        session.output.note(
            "\(plainText(present.name)) now allows any number of procedures a booking.")
    }
}
