/// The import of one file whose lines are records: all or nothing by line, and told by line.
struct FileImport {
    let session: Session
    let options: ImportOptions
    let continuesOnError: Bool
    /// The column of a field that the daemon complains of.
    var columnOfField: @Sendable (String) -> String? = { _ in nil }

    /// Refused lines that are told one by one.
    private static let toldMax = 20

    /// Sends what was read, and shows what became of it. A line that cannot be read or is refused
    /// is a failure; without `continuesOnError` nothing is sent when there is one that cannot be
    /// read, and nothing is taken after one that is refused.
    func run(_ records: SheetRecords) async throws(CommandFailure) {
        for refusal in records.refusals.prefix(Self.toldMax) { session.output.note(refusal.line) }
        let goesOn = continuesOnError || options.dryRun
        guard records.refusals.isEmpty || goesOn else {
            if let path = options.errors {
                let file = try RefusalFile(path: path, isContinued: false)
                for refusal in records.refusals { try file.add(refusal) }
                try file.flush()
            }
            throw .local(
                "nothing was imported: \(lines(records.refusals.count)) cannot be read, the first "
                    + "one is \(records.refusals[0].source)")
        }
        var run = try options.run(
            ImportItems(records.items), unread: records.refusals, session,
            title: options.dryRun ? "Judging" : "Importing")
        run.stopsAtRefusal = !goesOn
        run.toldMax = max(0, Self.toldMax - records.refusals.count)
        run.columnOfField = columnOfField
        var tally = try await run.run()
        tally.add(records.refusals)
        let kinds = ImportKind.allCases.filter { kind in
            records.items.contains { $0.kind == kind }
                || records.refusals.contains { $0.kind == kind }
        }
        session.output.show(tally, of: kinds)
        try sum(tally, stop: run.stop)
    }

    private func sum(_ tally: ImportTally, stop: ImportRefusal?) throws(CommandFailure) {
        if let stop {
            throw .local(
                "stopped at \(stop.source), which was refused; what stands before it was taken, "
                    + "nothing after it. --continue-on-error goes on past such lines")
        }
        let told = min(tally.refusedCount, Self.toldMax)
        if tally.refusedCount > told {
            session.output.note(
                "… and \(tally.refusedCount - told) more; --errors FILE keeps them all.")
        }
        if options.dryRun {
            session.output.note("Nothing was stored: this was a dry run.")
        } else if tally.isUnchanged {
            session.output.note("Nothing was changed.")
        }
        guard tally.refusedCount == 0 else {
            throw .local(
                "\(lines(tally.refusedCount)) \(options.dryRun ? "would be" : "were") refused")
        }
    }

    private func lines(_ count: Int) -> String { count == 1 ? "1 line" : "\(count) lines" }
}
