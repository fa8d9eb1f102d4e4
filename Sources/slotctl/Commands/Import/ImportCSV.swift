internal import ArgumentParser
internal import SlotdAPI

/// `slotctl import csv`.
struct ImportCSV: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "csv", abstract: "Import bookings, patients or procedures from a spreadsheet.",
        discussion: """
            The file is CSV as RFC 4180 has it, with a heading; --columns lists the columns. They \
            stand in any order, and those that are not needed may be left out. Records name each \
            other by external_ref. Times are RFC 3339, or local time as 2026-11-24 09:00: of the \
            booking's location, or of --time-zone for procedures; a local time that the clock \
            skips or shows twice is refused. What `slotctl export csv` writes is read as it was, \
            without the apostrophes that keep spreadsheets from taking texts for formulas.

            A line that is wrong is told as “line 17, column start: …”. One that cannot be read \
            keeps everything from being sent; one that slotd refuses ends the import there: what \
            stands before it was taken, nothing after it. With --continue-on-error such lines are \
            passed over. What was imported before is left alone, so running it again is harmless; \
            patients that were changed in the file are updated, all their columns at once.

            --dry-run judges every line against what slotd holds now, not against the lines before \
            it, and stores nothing.

            Exit status: 0 when every line was taken (or would be), 1 when one was not, 6 when \
            slotd was not there to the end (run it again; with --resume it goes on).


            """
                + examples(
                    "slotctl import csv patients patients.csv",
                    "slotctl import csv bookings --columns",
                    "slotctl import csv bookings visits.csv --dry-run",
                    "slotctl import csv bookings visits.csv --continue-on-error \\",
                    "    --errors refused.csv --resume visits.place",
                    "slotctl export csv patients | slotctl --org new import csv patients -"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "bookings, patients or procedures.") var kind: SheetKind
    @Argument(help: "The file, may end in .gz; - for stdin.", completion: .file())
    var file: String?
    @Flag(help: "List the columns of such a file.") var columns = false
    @Option(help: "Whose local times those of procedures are.") var timeZone: String?
    @Flag(help: "Pass over lines that are wrong.") var continueOnError = false
    @OptionGroup var options: ImportOptions

    func validate() throws {
        if file == nil, !columns { throw ValidationError("Missing expected argument '<file>'") }
    }

    func run(_ session: Session) async throws(CommandFailure) {
        if columns { return session.output.show(columnsOf: kind) }
        guard let file else { return }
        var zones = SheetZones()
        if let timeZone { zones.fallback = try Zone(name: timeZone) }
        if kind == .bookings { zones.byLocation = try await session.zonesByLocation() }
        var run = FileImport(
            session: session, options: options, continuesOnError: continueOnError)
        let data = DataFile(path: file)
        switch kind {
        case .bookings:
            run.columnOfField = { BookingSheet.columnName(ofPath: $0) }
            try await run.run(try BookingSheet.read(data, zones))
        case .patients:
            run.columnOfField = { PatientSheet.columnName(ofPath: $0) }
            try await run.run(try PatientSheet.read(data, zones))
        case .procedures:
            run.columnOfField = { ProcedureSheet.columnName(ofPath: $0) }
            try await run.run(try ProcedureSheet.read(data, zones))
        }
    }
}

/// What has a sheet.
enum SheetKind: String, CaseIterable, ExpressibleByArgument, Sendable {
    case bookings, patients, procedures

    /// As the daemon's export knows it.
    var export: Slotd_V1_ExportKind {
        switch self {
        case .bookings: .bookings
        case .patients: .patients
        case .procedures: .procedures
        }
    }

    /// The columns: name, whether it is needed, meaning.
    fileprivate var columns: [(name: String, isRequired: Bool, meaning: String)] {
        switch self {
        case .bookings: Self.rows(BookingSheet.Column.self)
        case .patients: Self.rows(PatientSheet.Column.self)
        case .procedures: Self.rows(ProcedureSheet.Column.self)
        }
    }

    private static func rows<Column: SheetColumn>(
        _: Column.Type
    ) -> [(name: String, isRequired: Bool, meaning: String)] {
        Column.allCases.map { ($0.rawValue, $0.isRequired, $0.meaning) }
    }
}

extension Output {
    /// The columns of a kind of file.
    fileprivate func show(columnsOf kind: SheetKind) {
        let values = kind.columns.map { [$0.name, $0.isRequired ? "needed" : "", $0.meaning] }
        let names = ["column", "needed", "meaning"]
        let json = kind.columns.map { column in
            JSONText.object([
                ("column", JSONText.quoted(column.name)),
                ("needed", column.isRequired ? "true" : "false"),
                ("meaning", JSONText.quoted(column.meaning)),
            ])
        }
        rows(
            TextTable(
                columns: [
                    .init(title: "column"), .init(title: ""),
                    .init(title: "what it holds", isFlexible: true),
                ],
                rows: values.map { [Cell($0[0]), Cell($0[1], .warning), Cell($0[2])] }),
            names: names, values: values, json: json, key: "columns")
    }
}

extension Session {
    /// The zones of all locations, by what a file may call them.
    func zonesByLocation() async throws(CommandFailure) -> [String: Zone] {
        var zones: [String: Zone] = [:]
        for location in try await locations(includingArchived: true) {
            let zone = try Zone(name: location.timeZone)
            zones[location.id] = zone
            if !location.externalRef.isEmpty { zones[location.externalRef] = zone }
        }
        return zones
    }
}
