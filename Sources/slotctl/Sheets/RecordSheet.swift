internal import SlotdAPI

/// How the records of one kind stand in a file of comma-separated values, in both directions: a row
/// that is written from a record is read as the same record.
///
/// References are external_refs, or ids where a record has none, as `ExportService` gives them out
/// and `ImportService` takes them.
protocol RecordSheet {
    associatedtype Column: SheetColumn
    associatedtype Record

    static var kind: ImportKind { get }
    /// The record of a row, or the first cell that makes no sense.
    static func record(
        _ row: CSVRow<Column>, _ zones: SheetZones
    ) throws(CellProblem) -> Record
    /// The cells of a record; one that is not there is empty.
    static func cells(_ record: Record, _ zones: SheetZones) -> [Column: String]
    /// As a request carries it.
    static func wrap(_ record: Record) -> Slotd_V1_ImportRequest.OneOf_Record
    /// The record of this kind in a request; nil when it is another kind's.
    static func unwrap(_ record: Slotd_V1_ImportRequest.OneOf_Record) -> Record?
    /// Where a field of the API stands, if its name is not the column's.
    static func column(of field: String) -> Column?
}

/// A column of a sheet, by the word of its heading.
protocol SheetColumn: CSVColumn {
    /// What its cells hold, for people who write such a file.
    var meaning: String { get }
}

extension RecordSheet {
    /// The heading and the rows of records, as an export writes them: lines with their ends.
    static var heading: String { CSVText.guardedLine(Column.allCases.map(\.rawValue)) + "\r\n" }

    /// A line with its end.
    static func line(_ record: Record, _ zones: SheetZones) -> String {
        let cells = cells(record, zones)
        return CSVText.guardedLine(Column.allCases.map { cells[$0] ?? "" }) + "\r\n"
    }

    /// The column that a refusal of the daemon is about: the last part of the field's path, as in
    /// `booking.stage_history[2].at`.
    static func columnName(ofPath path: String) -> String? {
        let parts = path.split(separator: ".").map { part in String(part.prefix { $0 != "[" }) }
        for part in parts.reversed() {
            if let column = column(of: part) ?? Column(rawValue: part) { return column.rawValue }
        }
        return nil
    }

    /// Reads all rows: what can be sent, and what cannot be read.
    static func read(_ file: DataFile, _ zones: SheetZones) throws(CommandFailure) -> SheetRecords {
        var records = SheetRecords()
        let sheet = CSVSheet<Column>(file: file, isUnguarded: true)
        try sheet.forEachRow { source, result throws(CommandFailure) in
            let source = SourceLine(line: source.line)
            var reference = ""
            do throws(CellProblem) {
                switch result {
                case .failure(let problem): throw CellProblem(nil, "\(problem)")
                case .success(let row):
                    reference = Column(rawValue: "external_ref").map { row[$0] } ?? ""
                    records.items.append(
                        ImportItem(
                            kind: kind, record: wrap(try record(row, zones)), source: source))
                }
            } catch {
                records.refusals.append(
                    ImportRefusal(
                        kind: kind, reference: reference, source: source, column: error.column,
                        reason: "INVALID_VALUE", message: error.message))
            }
        }
        return records
    }
}

/// What a file holds.
struct SheetRecords {
    /// In order of the file.
    var items: [ImportItem] = []
    /// Lines that cannot be read, in order of the file.
    var refusals: [ImportRefusal] = []
}

/// Why a row makes no sense.
struct CellProblem: Error, Equatable {
    /// Nil: the line as a whole.
    let column: String?
    let message: String

    init(_ column: String?, _ message: String) {
        self.column = column
        self.message = message
    }
}

/// Whose clock local times are told by.
struct SheetZones {
    /// Zones by a location's external_ref, and by its id.
    var byLocation: [String: Zone] = [:]
    /// For records that name no location; nil: their times must say their offset.
    var fallback: Zone?
}

extension CSVRow where Column: SheetColumn {
    /// A cell that must not be empty.
    func filled(_ column: Column) throws(CellProblem) -> String {
        let text = self[column]
        guard !text.isEmpty else { throw CellProblem(column.rawValue, "is empty") }
        return text
    }
}
