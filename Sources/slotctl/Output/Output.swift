internal import SwiftProtobuf

/// Writes what a command has to say: data to stdout in the wanted format, everything else to
/// stderr.
struct Output: Sendable {
    let format: OutputFormat
    /// TSV with a heading too.
    var hasHeader = false
    /// Columns to fit a table into; nil: as wide as it is.
    var columns: Int?
    var paint = Paint.none
    /// Takes one line of data, without its line end.
    let writeLine: @Sendable (String) -> Void
    /// Takes one line that is not data, without its line end.
    let writeNote: @Sendable (String) -> Void

    /// Tells a person something that is not data.
    func note(_ text: String) { writeNote(text) }

    /// Records, in the order given. `extras` are further members of the JSON object, their values
    /// JSON already.
    func list<Record: Message>(
        _ records: [Record], as view: RecordView<Record>, _ directory: Directory = .empty,
        extras: [(String, String)] = []
    ) throws(CommandFailure) {
        switch format {
        case .table:
            guard !records.isEmpty else { return note(paint.dim("Nothing found.")) }
            let lines = view.table(records, directory).lines(width: columns, paint: paint)
            lines.forEach(writeLine)
        case .tsv, .csv:
            delimited(records, as: view)
        case .json:
            var elements: [String] = []
            for record in records { elements.append(try JSONText.message(record)) }
            let members = [(view.plural, JSONText.array(elements))] + extras
            writeLine(JSONText.indented(JSONText.versioned(JSONText.object(members))))
        case .ndjson:
            for record in records {
                writeLine(JSONText.versioned(try JSONText.message(record)))
            }
        }
    }

    /// One page of a list in a format that is written line by line.
    func page<Record: Message>(
        _ records: [Record], as view: RecordView<Record>, isFirst: Bool
    ) throws(CommandFailure) {
        guard format != .ndjson else { return try list(records, as: view) }
        delimited(records, as: view, isFirst: isFirst)
    }

    /// One record. JSON shows the whole reply that brought it; people may get a sentence before it
    /// by `note`, and `more` of it after.
    func single<Record: Message>(
        _ record: Record, as view: RecordView<Record>, reply: some Message,
        _ directory: Directory = .empty, more: [String] = []
    ) throws(CommandFailure) {
        switch format {
        case .table:
            let details = view.details(record, directory)
            TextTable.details(details, paint: paint).forEach(writeLine)
            more.forEach(writeLine)
        case .tsv, .csv:
            delimited([record], as: view)
        case .json:
            writeLine(JSONText.indented(JSONText.versioned(try JSONText.message(reply))))
        case .ndjson:
            writeLine(JSONText.versioned(try JSONText.message(reply)))
        }
    }

    /// A table that is no list of records.
    ///
    /// - Parameter isFirst: false where it goes on with what another call began.
    func rows(
        _ table: TextTable, names: [String], values: [[String]], json: [String], key: String,
        isFirst: Bool = true
    ) {
        switch format {
        case .table:
            guard !table.rows.isEmpty else { return note(paint.dim("Nothing found.")) }
            table.lines(width: columns, paint: paint).forEach(writeLine)
        case .tsv:
            if hasHeader, isFirst { writeLine(TSVText.line(names)) }
            for row in values { writeLine(TSVText.line(row)) }
        case .csv:
            if isFirst { writeLine(CSVText.guardedLine(names)) }
            for row in values { writeLine(CSVText.guardedLine(row)) }
        case .json:
            let object = JSONText.object([(key, JSONText.array(json))])
            writeLine(JSONText.indented(JSONText.versioned(object)))
        case .ndjson:
            for object in json { writeLine(JSONText.versioned(object)) }
        }
    }

    private func delimited<Record>(
        _ records: [Record], as view: RecordView<Record>, isFirst: Bool = true
    ) {
        let fields = view.machineFields
        if format == .csv {
            if isFirst { writeLine(CSVText.guardedLine(fields.map(\.name))) }
            for record in records {
                writeLine(CSVText.guardedLine(fields.map { $0.machine(record) }))
            }
        } else {
            if hasHeader, isFirst { writeLine(TSVText.line(fields.map(\.name))) }
            for record in records {
                writeLine(TSVText.line(fields.map { $0.machine(record) }))
            }
        }
    }
}
