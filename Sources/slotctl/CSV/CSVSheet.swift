/// The columns that a kind of file may have, by the words of its heading.
protocol CSVColumn: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// The heading must have it.
    var isRequired: Bool { get }
}

/// One row below a heading.
struct CSVRow<Column: CSVColumn>: Sendable {
    let source: SourceLine
    fileprivate let fields: [String]
    fileprivate let places: [Column: Int]

    /// The cell; empty where the file has no such column.
    subscript(column: Column) -> String { places[column].map { fields[$0] } ?? "" }
}

/// A file of comma-separated values with a heading: columns in any order, those that are not
/// required left out at will.
struct CSVSheet<Column: CSVColumn> {
    let file: DataFile
    /// Columns that are not known are passed over, not complained about.
    var ignoresOtherColumns = false
    /// Cells have lost the apostrophe that keeps spreadsheets from taking them for formulas.
    var isUnguarded = false

    /// Hands over each row below the heading, in order, or what is wrong with a line.
    ///
    /// - Throws: when the file cannot be read, is no text at all, or has no sound heading.
    func forEachRow(
        _ body: (SourceLine, Result<CSVRow<Column>, CSVProblem>) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        var places: [Column: Int]?
        var fieldCount = 0
        var parser = CSVParser()
        func take(_ record: CSVParser.Record) throws(CommandFailure) {
            let source = SourceLine(file: file.name, line: record.line)
            switch record.fields {
            case .failure(let problem):
                guard places != nil else { throw .local("\(source): \(problem)") }
                try body(source, .failure(problem))
            case .success(let fields):
                guard let places else {
                    places = try heading(fields, source)
                    fieldCount = fields.count
                    return
                }
                guard fields.count == fieldCount else {
                    let problem = CSVProblem.fieldCount(fields.count, expected: fieldCount)
                    return try body(source, .failure(problem))
                }
                let cells = isUnguarded ? fields.map(CSVText.unguarded) : fields
                try body(
                    source, .success(CSVRow(source: source, fields: cells, places: places)))
            }
        }
        try file.forEachPiece { piece throws(CommandFailure) in try parser.push(piece, take) }
        try parser.finish(take)
        guard places != nil else { throw .local("\(file.name) has no heading") }
    }

    private func heading(
        _ fields: [String], _ source: SourceLine
    ) throws(CommandFailure) -> [Column: Int] {
        var places: [Column: Int] = [:]
        for (index, field) in fields.enumerated() {
            guard let column = Column(rawValue: field.lowercased()) else {
                if ignoresOtherColumns { continue }
                throw .local(
                    "\(source): there is no column “\(plainText(field))”; the columns are "
                        + Column.allCases.map(\.rawValue).joined(separator: ", "))
            }
            guard places.updateValue(index, forKey: column) == nil else {
                throw .local("\(source): the column \(column.rawValue) stands there twice")
            }
        }
        let missing = Column.allCases.filter { $0.isRequired && places[$0] == nil }
        guard missing.isEmpty else {
            let names = missing.map(\.rawValue).joined(separator: ", ")
            throw .local("\(source): the heading lacks \(names)")
        }
        return places
    }
}
