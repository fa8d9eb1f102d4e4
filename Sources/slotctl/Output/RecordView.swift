/// One field of a record as it is shown: the machine's form for TSV and CSV, the human's for a
/// terminal.
struct RecordField<Record> {
    enum Place {
        /// In TSV and CSV, in tables, and among the details of one record.
        case everywhere
        /// Not in tables, which would grow too wide.
        case details
        /// In TSV and CSV alone.
        case machine
        /// On a terminal alone.
        case people
    }

    /// The CSV heading.
    let name: String
    /// The table heading and the label among details.
    let title: String
    var place = Place.everywhere
    var isFlexible = false
    var isNumber = false
    let machine: (Record) -> String
    let human: (Record, Directory) -> Cell
}

extension RecordField {
    /// A field that both read in the same form.
    static func text(
        _ name: String, _ title: String, in place: Place = .everywhere, isFlexible: Bool = false,
        tone: Tone = .plain, _ value: @escaping (Record) -> String
    ) -> RecordField {
        RecordField(
            name: name, title: title, place: place, isFlexible: isFlexible, machine: value,
            human: { record, _ in Cell(value(record), tone) })
    }

    /// A number; 0 is shown, and nothing where there is none.
    static func number(
        _ name: String, _ title: String, in place: Place = .everywhere,
        _ value: @escaping (Record) -> Int64?
    ) -> RecordField {
        func text(_ record: Record) -> String { value(record).map { "\($0)" } ?? "" }
        return RecordField(
            name: name, title: title, place: place, isNumber: true, machine: text,
            human: { record, _ in Cell(text(record)) })
    }
}

/// How the records of one kind are shown in every format.
struct RecordView<Record> {
    /// The key of one record in the API's JSON, as in `procedureType`.
    let singular: String
    /// The key of a list of them.
    let plural: String
    /// In the order of TSV and CSV; the first one is the id, which tables put last, because people
    /// look for names first.
    let fields: [RecordField<Record>]

    /// The fields of TSV and CSV.
    var machineFields: [RecordField<Record>] { fields.filter { $0.place != .people } }

    /// The table for people.
    func table(_ records: [Record], _ directory: Directory) -> TextTable {
        let shown = fields.filter { $0.place == .everywhere || $0.place == .people }
        let ordered = shown.dropFirst() + shown.prefix(1)
        return TextTable(
            columns: ordered.map {
                TextTable.Column(
                    title: $0.title, isFlexible: $0.isFlexible, isNumber: $0.isNumber)
            },
            rows: records.map { record in ordered.map { $0.human(record, directory) } })
    }

    /// The labeled values of one record for people.
    func details(_ record: Record, _ directory: Directory) -> [(label: String, cell: Cell)] {
        fields.filter { $0.place != .machine }
            .map { ($0.title, $0.human(record, directory)) }
    }
}
