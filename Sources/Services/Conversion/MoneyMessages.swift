internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// Amounts, deposits and charges, as messages.

/// The form of an ISO 4217 currency.
func checkedCurrency(_ value: String, _ field: String) throws(Rejection) -> String {
    guard Money.isCurrency(value) else {
        throw .invalid(field, "must be three capital letters, as in USD")
    }
    return value
}

extension Money {
    /// Reads an amount; `field` is where it stands in the request.
    init(_ message: Slotd_V1_Money, isSet: Bool = true, _ field: String) throws(Rejection) {
        guard isSet else { throw .invalid(field, "is missing") }
        self.init(
            minor: try number(message.minor, "\(field).minor", 0...Limits.amountMinor),
            currency: try checkedCurrency(message.currency, "\(field).currency"))
    }
}

extension Deposit {
    init(_ message: Slotd_V1_Deposit, _ field: String) throws(Rejection) {
        guard message.refundedMinor == 0 else {
            throw .invalid("\(field).refunded_minor", "is set by the server")
        }
        self.init(
            amount: try Money(message.amount, isSet: message.hasAmount, "\(field).amount"),
            isPaid: message.paid)
    }
}

extension Slotd_V1_Money {
    init(_ money: Money) {
        self.init()
        minor = money.minor
        currency = money.currency
    }
}

extension Slotd_V1_Deposit {
    init(_ deposit: Deposit) {
        self.init()
        amount = Slotd_V1_Money(deposit.amount)
        paid = deposit.isPaid
        refundedMinor = deposit.refunded
    }
}

extension Slotd_V1_Charge {
    init(_ record: Charge, in organization: Organization) {
        self.init()
        let procedure = organization.procedures[record.procedure]
        id = record.id.description
        version = record.version
        procedureID = record.procedure.description
        procedureTypeID = procedure?.type?.description ?? ""
        bookingID = record.booking.description
        segment = record.segment
        patientID = procedure?.patient.description ?? ""
        serviceID = record.service.description
        code = record.code
        quantity = record.quantity
        amount = Slotd_V1_Money(record.amount)
        status = Slotd_V1_ChargeStatus(record.status)
        externalRef = record.externalRef
        createdAt = Google_Protobuf_Timestamp(record.createdAt)
        if let at = record.billedAt { billedAt = Google_Protobuf_Timestamp(at) }
        voidReason = record.voidReason
    }
}
