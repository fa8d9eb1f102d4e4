internal import ArgumentParser

/// `slotctl import medscheduler`.
struct ImportMedscheduler: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "medscheduler", abstract: "Import a medscheduler data set.",
        discussion: """
            Reads slots, patients and appointments, each as NAME.csv or NAME.csv.gz. Locations \
            and providers get the weekly hours that their slots cover, each length of slot \
            becomes a service, and each appointment a booking of its exact slot.

            Appointments are replayed in the order in which they were made (scheduling_date, then \
            appointment_id), each judged as of that day: one whose slot was kept by another then \
            is refused. A cancelled one is cancelled right after it was booked; one that was \
            attended has its check-in, start and end, cut to the minute; one that was not is a \
            no-show at the end of its slot; the others stay in New.

            What was imported before is left alone, so a second run changes nothing, and a run \
            that broke off is mended by another one.

            Refused records are the data's affair and leave the exit status 0; the first of them \
            are listed on stderr. --dry-run judges each record against what slotd holds now, not \
            against those before it.


            """
                + examples(
                    "slotctl import medscheduler outpatient/",
                    "slotctl import medscheduler outpatient/ --time-zone Europe/London",
                    "slotctl import medscheduler outpatient/ --list-refused 2> refused.txt"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "The folder.", completion: .directory) var folder: String
    @Option(help: "The time zone of all locations; the data has none.") var timeZone = "UTC"
    @Flag(help: "Only read and map; send nothing.") var check = false
    @Flag(help: "List every refused record, not only the first ten.") var listRefused = false
    @OptionGroup var options: ImportOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let zone = try Zone(name: timeZone)
        session.trace("reading \(folder)")
        let data = try MedschedulerData.read(folder: folder)
        let mapping = MedschedulerMapping(data, zone: zone)
        let toldMax = listRefused ? Int.max : 10
        for refusal in data.refusals.prefix(toldMax) { session.output.note(refusal.line) }
        if check {
            return session.output.show(
                mapped: mapping.counts,
                refused: Dictionary(grouping: data.refusals, by: \.kind).mapValues(\.count))
        }
        var run = try options.run(
            mapping.items, unread: data.refusals, session, title: "Importing")
        run.toldMax = toldMax
        var tally = try await run.run()
        tally.add(data.refusals)
        show(tally, session.output)
    }

    private func show(_ tally: ImportTally, _ output: Output) {
        output.show(tally, of: [.location, .provider, .service, .patient, .booking])
        let untold = tally.refusedCount - (listRefused ? tally.refusedCount : 10)
        if untold > 0 {
            output.note("… and \(untold) more were refused; --list-refused lists them all.")
        }
        let taken = tally[.booking].taken
        let cancelled = tally.cancelledCount
        output.note(
            "\(taken) accepted, \(tally.reasons["SLOT_TAKEN"] ?? 0) conflicts, "
                + "\(cancelled) cancelled, \(taken - cancelled) live at the end.")
        if options.dryRun {
            output.note("Nothing was stored: this was a dry run.")
        } else if tally.isUnchanged {
            output.note("Nothing was changed: what can be taken was there already.")
        }
    }
}
