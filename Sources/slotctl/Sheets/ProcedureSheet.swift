internal import SlotdAPI
internal import SwiftProtobuf

/// Procedures in a file. One that exists is left alone, or refused where it is another one.
enum ProcedureSheet: RecordSheet {
    enum Column: String, SheetColumn {
        case reference = "external_ref"
        case patient = "patient_ref"
        case booking = "booking_ref"
        case type = "procedure_type_ref"
        case status
        case startedAt = "started_at"
        case completedAt = "completed_at"
        case segment
        case signedBy = "signed_by"
        case signedAt = "signed_at"
        case permittedBy = "permitted_by"
        case consultOnly = "consult_only"

        var isRequired: Bool {
            switch self {
            case .reference, .patient, .booking, .type, .startedAt: true
            default: false
            }
        }

        var meaning: String {
            switch self {
            case .reference: "your own name of the procedure"
            case .patient, .booking: "its external_ref, or its id where it has none"
            case .type: "likewise; may be empty in a draft"
            case .status: "draft, in-progress, completed or signed; empty: completed"
            case .startedAt: "2026-11-24T09:00:00-05:00, or “2026-11-24 09:00” in --time-zone"
            case .completedAt: "likewise; empty: when it was started"
            case .segment: "which service of the booking, from 1; empty: the first"
            case .signedBy: "who signed it, where it is signed"
            case .signedAt: "when it was signed"
            case .permittedBy: "the physician who permitted it, where one was needed"
            case .consultOnly: "true where it is not for treatment or billing"
            }
        }
    }

    static let kind = ImportKind.procedure

    /// What can be brought in.
    private static let statuses: [Slotd_V1_ProcedureStatus] = [
        .draft, .inProgress, .completed, .signed,
    ]

    static func record(
        _ row: CSVRow<Column>, _ zones: SheetZones
    ) throws(CellProblem) -> Slotd_V1_ImportProcedure {
        func instant(_ column: Column) throws(CellProblem) -> Google_Protobuf_Timestamp {
            try CellTime(
                column: column.rawValue, zone: zones.fallback,
                withoutZone: "write an offset, or say whose with --time-zone"
            ).instant(try row.filled(column))
        }
        var procedure = Slotd_V1_ImportProcedure()
        procedure.externalRef = try row.filled(.reference)
        procedure.patientRef = try row.filled(.patient)
        procedure.bookingRef = try row.filled(.booking)
        procedure.procedureTypeRef = row[.type]
        if !row[.status].isEmpty {
            guard let status = statuses.first(where: { $0.word == row[.status].lowercased() })
            else {
                let known = statuses.map(\.word).joined(separator: ", ")
                throw CellProblem(
                    Column.status.rawValue, "“\(row[.status])” is none of \(known)")
            }
            procedure.status = status
        }
        procedure.startedAt = try instant(.startedAt)
        if !row[.completedAt].isEmpty { procedure.completedAt = try instant(.completedAt) }
        if !row[.segment].isEmpty {
            guard let number = digits(row[.segment]), number > 0 else {
                throw CellProblem(
                    Column.segment.rawValue, "“\(row[.segment])” is no number from 1")
            }
            procedure.segment = Int32(number)
        }
        switch row[.consultOnly].lowercased() {
        case "", "false": break
        case "true": procedure.consultOnly = true
        default:
            throw CellProblem(
                Column.consultOnly.rawValue, "“\(row[.consultOnly])” is neither true nor false")
        }
        let signer = [row[.signedBy], row[.signedAt], row[.permittedBy]]
        if signer.contains(where: { !$0.isEmpty }) {
            procedure.signature.actor = row[.signedBy]
            procedure.signature.at = try instant(.signedAt)
            procedure.signature.permittedBy = row[.permittedBy]
        }
        return procedure
    }

    static func cells(
        _ procedure: Slotd_V1_ImportProcedure, _ zones: SheetZones
    ) -> [Column: String] {
        func text(_ time: Google_Protobuf_Timestamp) -> String {
            CellTime.text(time, in: zones.fallback)
        }
        let signature = procedure.hasSignature ? procedure.signature : nil
        return [
            .reference: procedure.externalRef, .patient: procedure.patientRef,
            .booking: procedure.bookingRef, .type: procedure.procedureTypeRef,
            .status: procedure.status.word, .startedAt: text(procedure.startedAt),
            .completedAt: procedure.hasCompletedAt ? text(procedure.completedAt) : "",
            .segment: procedure.segment == 0 ? "" : "\(procedure.segment)",
            .signedBy: signature?.actor ?? "", .signedAt: signature.map { text($0.at) } ?? "",
            .permittedBy: signature?.permittedBy ?? "",
            .consultOnly: procedure.consultOnly ? "true" : "",
        ]
    }

    static func wrap(_ record: Slotd_V1_ImportProcedure) -> Slotd_V1_ImportRequest.OneOf_Record {
        .procedure(record)
    }

    static func unwrap(
        _ record: Slotd_V1_ImportRequest.OneOf_Record
    ) -> Slotd_V1_ImportProcedure? {
        if case .procedure(let procedure) = record { procedure } else { nil }
    }

    /// Only those whose own names other fields have, too.
    static func column(of field: String) -> Column? {
        switch field {
        case "actor", "signature": .signedBy
        case "at": .signedAt
        default: nil
        }
    }
}
