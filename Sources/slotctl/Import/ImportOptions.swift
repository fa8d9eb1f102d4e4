internal import ArgumentParser

/// What every import takes.
struct ImportOptions: ParsableArguments {
    @Flag(
        help: "Let the daemon only judge each record against what it holds now; store nothing.")
    var dryRun = false

    @Option(
        help: ArgumentHelp(
            "Keep the place in this file: an import that was interrupted goes on from there. It is "
                + "removed when all is done.",
            valueName: "file"),
        completion: .file())
    var resume: String?

    @Option(
        help: ArgumentHelp("Write refused records to this file, as CSV.", valueName: "file"),
        completion: .file())
    var errors: String?

    func validate() throws {
        if dryRun, resume != nil {
            throw ValidationError("--dry-run stores nothing that --resume could go on from")
        }
    }

    /// A run of these records. What could not be read is among the refused ones.
    func run(
        _ items: ImportItems, unread: [ImportRefusal], _ session: Session, title: String
    ) throws(CommandFailure) -> ImportRun {
        let progress = Progress(
            title, total: items.count, terminal: session.terminal, write: session.prompter.write)
        var run = ImportRun(session: session, items: items, progress: progress)
        run.isDryRun = dryRun
        if let resume {
            run.bookmark = try ImportBookmark(
                path: resume, organization: session.settings.organization)
        }
        let isContinued = run.bookmark?.isContinued ?? false
        if isContinued { session.output.note("Going on from where \(resume ?? "") says.") }
        if let errors {
            let file = try RefusalFile(path: errors, isContinued: isContinued)
            for refusal in isContinued ? [] : unread { try file.add(refusal) }
            run.refusals = file
        }
        return run
    }
}
