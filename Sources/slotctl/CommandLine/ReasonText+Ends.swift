internal import SlotdAPI

extension ReasonText {
    /// Why a booking stays where it is, and what a procedure's end stands in the way of.
    static let ofMoves = [
        ReasonText(
            .nothingToUndo, "NOTHING_TO_UNDO", short: "never moved",
            meaning: "The booking has not been moved, so no move can be taken back.",
            remedy: "See its stages: `slotctl booking show BOOKING`."),
        ReasonText(
            .procedureSigned, "PROCEDURE_SIGNED", short: "procedure is signed",
            meaning: "The procedure is signed, and what a signature covers is locked.",
            remedy: "If it should never have been: `slotctl procedure mark-error PROCEDURE`."),
        ReasonText(
            .chargeBilled, "CHARGE_BILLED", short: "charge is billed",
            meaning: "A charge of the procedure has been billed.",
            remedy: "Void it first: `slotctl charge void CHARGE`."),
        ReasonText(
            .chargeOpen, "CHARGE_OPEN", short: "charge not billed",
            meaning: "A charge of the visit can be billed and has not been.",
            remedy: "Bill or void it: `slotctl charge bill CHARGE`; or let it pass: "
                + "`booking move --override charge-open --reason WHY`."),
        ReasonText(
            .bulkRefused, "BULK_REFUSED", short: "some cannot be moved",
            meaning: "Some of the bookings cannot be moved, so none was.",
            remedy: "Leave those that the error names away, or move them first."),
    ]

    /// Why a procedure is not signed, and a charge or a deposit not changed.
    static let ofCharges = [
        ReasonText(
            .mdPermission, "MD_PERMISSION", short: "permission missing",
            meaning: "A physician's permission is needed, and nobody is named who gave it.",
            remedy: "Name them: `slotctl procedure sign PROCEDURE --permitted-by WHO`."),
        ReasonText(
            .chargeStatus, "CHARGE_STATUS", short: "charge status",
            meaning: "The charge's status does not allow this.",
            remedy: "See it: `slotctl charge list`."),
        ReasonText(
            .refundTooLarge, "REFUND_TOO_LARGE", short: "refund too large",
            meaning: "The refund is greater than what is left of the deposit.",
            remedy: "Refund at most what the error says."),
        ReasonText(
            .depositPaid, "DEPOSIT_PAID", short: "deposit taken",
            meaning: "The deposit has been taken, so it cannot be changed any more.",
            remedy: "Give it back when the booking is cancelled: `booking cancel --refund`."),
    ]
}
