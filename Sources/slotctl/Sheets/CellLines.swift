/// Several short records in one cell: a line for each, of comma-separated values itself.
///
/// A cell that holds free text, such as who moved a booking, can hold every text this way, and a
/// person can still read it in a spreadsheet.
enum CellLines {
    /// The cell of some records.
    static func text(_ records: [[String]]) -> String {
        records.map(CSVText.line).joined(separator: "\n")
    }

    /// The records of a cell, each with this many fields at most; fields that are left out at the
    /// end are empty.
    static func records(
        _ text: String, column: String, fields: ClosedRange<Int>
    ) throws(CellProblem) -> [[String]] {
        var records: [[String]] = []
        func take(_ record: CSVParser.Record) throws(CellProblem) {
            let place = "in its line \(record.line), "
            switch record.fields {
            case .failure(let problem): throw CellProblem(column, place + "\(problem)")
            case .success(let cells):
                guard fields.contains(cells.count) else {
                    throw CellProblem(
                        column,
                        place + "there are \(cells.count) fields, not "
                            + "\(fields.lowerBound) to \(fields.upperBound)")
                }
                records.append(
                    cells
                        + Array(repeating: "", count: fields.upperBound - cells.count))
            }
        }
        var parser = CSVParser()
        // A byte order mark at the start would be taken for the cell's own, so it gets one.
        try parser.push([0xEF, 0xBB, 0xBF] + Array(text.utf8), take)
        try parser.finish(take)
        return records
    }
}
