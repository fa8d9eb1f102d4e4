internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

/// A charge as a line of an export.
enum ChargeRow {
    private static let columns = [
        "id", "procedure_id", "procedure_type_id", "booking_id", "segment", "patient_id",
        "service_id", "code", "quantity", "amount_minor", "currency", "status", "external_ref",
        "created_at", "billed_at", "void_reason",
    ]

    static let heading = columns.joined(separator: ",") + "\r\n"

    /// A line of CSV as RFC 4180 has it.
    static func csv(_ charge: Slotd_V1_Charge) -> String {
        let values = [
            charge.id, charge.procedureID, charge.procedureTypeID, charge.bookingID,
            "\(charge.segment)", charge.patientID, charge.serviceID, charge.code,
            "\(charge.quantity)", "\(charge.amount.minor)", charge.amount.currency,
            word(charge.status), charge.externalRef, time(charge.createdAt),
            charge.hasBilledAt ? time(charge.billedAt) : "", charge.voidReason,
        ]
        return values.map { quoted(guarded($0)) }.joined(separator: ",") + "\r\n"
    }

    /// A JSON object on a line of its own.
    static func json(_ charge: Slotd_V1_Charge) throws(Rejection) -> String {
        do {
            return try charge.jsonString() + "\n"
        } catch {
            throw .invalid("format", "\(charge.id) cannot be written as JSON")
        }
    }

    /// A text that a spreadsheet would take for a formula gets an apostrophe in front
    /// (https://owasp.org/www-community/attacks/CSV_Injection). So does one that only looks as if
    /// it had got one: taking an apostrophe away from whatever looks guarded gives back every text.
    /// No column here holds a signed number, so that a sign is never meant. slotctl has this rule.
    static func guarded(_ value: String) -> String {
        let first = value.utf8.first { $0 != UInt8(ascii: "'") }
        guard let first, "=+-@\t\r\n".utf8.contains(first) else { return value }
        return "'" + value
    }

    private static func quoted(_ value: String) -> String {
        guard value.utf8.contains(where: { ",\"\n\r".utf8.contains($0) }) else { return value }
        // By scalars: to Swift a quote with an accent on it is one character, and no quote.
        var cell = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            if scalar == "\"" { cell.append(scalar) }
            cell.append(scalar)
        }
        return "\"" + String(cell) + "\""
    }

    private static func word(_ status: Slotd_V1_ChargeStatus) -> String {
        switch status {
        case .planned: "PLANNED"
        case .billable: "BILLABLE"
        case .notBillable: "NOT_BILLABLE"
        case .billed: "BILLED"
        case .void: "VOID"
        case .unspecified, .UNRECOGNIZED: ""
        }
    }

    /// RFC 3339 in UTC, by protobuf's own mapping, which puts it in quotes.
    private static func time(_ timestamp: Google_Protobuf_Timestamp) -> String {
        ((try? timestamp.jsonString()) ?? "").replacing("\"", with: "")
    }
}
