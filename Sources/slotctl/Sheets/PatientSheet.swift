internal import Intervals
internal import SlotdAPI

/// Patients in a file. A row replaces the whole patient.
enum PatientSheet: RecordSheet {
    enum Column: String, SheetColumn {
        case reference = "external_ref"
        case name
        case birthDate = "birth_date"
        case phone
        case email

        var isRequired: Bool { self == .reference || self == .name }

        var meaning: String {
            switch self {
            case .reference: "your own name of the patient: a row with a known one changes them"
            case .name: "1 to 200 bytes"
            case .birthDate: "2001-02-28"
            case .phone: "at most 64 bytes"
            case .email: "at most 200 bytes"
            }
        }
    }

    static let kind = ImportKind.patient

    static func record(
        _ row: CSVRow<Column>, _ zones: SheetZones
    ) throws(CellProblem) -> Slotd_V1_Patient {
        var patient = Slotd_V1_Patient()
        patient.externalRef = try row.filled(.reference)
        patient.name = try row.filled(.name)
        let born = row[.birthDate]
        if !born.isEmpty {
            guard let day = LocalDate(born) else {
                throw CellProblem(
                    Column.birthDate.rawValue, "“\(born)” is no date: write 2001-02-28")
            }
            patient.birthDate = day.message
        }
        patient.phone = row[.phone]
        patient.email = row[.email]
        return patient
    }

    static func cells(_ patient: Slotd_V1_Patient, _ zones: SheetZones) -> [Column: String] {
        [
            .reference: patient.externalRef, .name: patient.name,
            .birthDate: patient.hasBirthDate
                ? LocalDate(patient.birthDate)?.description ?? "" : "",
            .phone: patient.phone, .email: patient.email,
        ]
    }

    static func wrap(_ record: Slotd_V1_Patient) -> Slotd_V1_ImportRequest.OneOf_Record {
        .patient(record)
    }

    static func unwrap(_ record: Slotd_V1_ImportRequest.OneOf_Record) -> Slotd_V1_Patient? {
        if case .patient(let patient) = record { patient } else { nil }
    }

    static func column(of field: String) -> Column? { nil }
}
