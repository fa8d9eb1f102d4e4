internal import Intervals
internal import SlotdAPI

extension Slotd_V1_ChargeStatus {
    static let known: [Slotd_V1_ChargeStatus] = allCases.filter { $0 != .unspecified }

    /// The word on the command line and in TSV and CSV.
    var word: String {
        switch self {
        case .unspecified: ""
        case .planned: "planned"
        case .billable: "billable"
        case .notBillable: "not-billable"
        case .billed: "billed"
        case .void: "void"
        case .UNRECOGNIZED(let number): "status-\(number)"
        }
    }

    /// How it stands out.
    var tone: Tone {
        switch self {
        case .planned: .accent
        case .billable: .warning
        case .billed: .good
        case .notBillable, .void: .dim
        case .unspecified, .UNRECOGNIZED: .plain
        }
    }
}

extension Slotd_V1_Money {
    /// In the currency's smallest unit, which few people read but nobody can misread.
    var words: String { currency.isEmpty ? "" : "\(minor) \(currency)" }
}

extension RecordView<Slotd_V1_Charge> {
    static var charge: Self {
        RecordView(
            singular: "charge", plural: "charges",
            fields: [
                .text("id", "id", tone: .dim, \.id),
                RecordField(
                    name: "status", title: "status", machine: \.status.word,
                    human: { charge, _ in Cell(charge.status.word, charge.status.tone) }),
                .text("code", "code", \.code),
                .number("amount_minor", "minor units") { $0.amount.minor },
                .text("currency", "currency", \.amount.currency),
                .text("external_ref", "bill", \.externalRef),
                .text("procedure_id", "procedure", in: .details, \.procedureID),
                .text("booking_id", "booking", in: .details, \.bookingID),
                .text("patient_id", "patient", in: .details, \.patientID),
                .text("created_at", "planned", in: .details) {
                    Moment($0.createdAt).rfc3339()
                },
                .text("billed_at", "billed", in: .details) {
                    $0.hasBilledAt ? Moment($0.billedAt).rfc3339() : ""
                },
                .text("void_reason", "void", in: .details, \.voidReason),
                .number("version", "version", in: .details, \.version),
            ])
    }
}
