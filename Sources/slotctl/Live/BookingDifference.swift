internal import SlotdAPI
internal import SwiftProtobuf

extension Slotd_V1_Booking {
    /// What is different from an earlier state, for people: `Check-in → In Procedure`. `name` turns
    /// an id into a name.
    func differences(
        from old: Slotd_V1_Booking, _ name: (_ id: String) -> String
    ) -> [String] {
        var words: [String] = []
        if stage != old.stage { words.append("\(old.stage.label) → \(stage.label)") }
        if start != old.start || end != old.end { words.append("moved to \(localTimes)") }
        if locationID != old.locationID { words.append("at \(plainText(name(locationID)))") }
        if patientID != old.patientID { words.append("for \(plainText(name(patientID)))") }
        if serviceIDs != old.serviceIDs {
            words.append(serviceIDs.map { plainText(name($0)) }.joined(separator: " + "))
        }
        if providerIDs != old.providerIDs {
            let names = providerIDs.map { plainText(name($0)) }
            words.append("with " + names.joined(separator: " + "))
        }
        let attached = Set(procedureIDs)
        let before = Set(old.procedureIDs)
        if !attached.subtracting(before).isEmpty { words.append("procedure attached") }
        if !before.subtracting(attached).isEmpty { words.append("procedure detached") }
        if deposit != old.deposit { words.append(depositWords) }
        if hasReleasedAt, releasedAt != old.releasedAt {
            words.append("time free from \(reading(Moment(releasedAt)).clock)")
        }
        if note != old.note { words.append("note changed") }
        if outOfHours != old.outOfHours {
            words.append(outOfHours ? "now out of hours" : "within hours again")
        }
        return words
    }

    /// What is paid ahead, and whether it was; empty for nothing.
    var depositWords: String {
        guard hasDeposit else { return "no deposit" }
        return "deposit \(deposit.amount.words), " + (paymentPending ? "payment pending" : "paid")
    }
}

extension Slotd_V1_BoardCard {
    /// The same of a card, which has names and the procedure's status besides.
    func differences(from old: Slotd_V1_BoardCard) -> [String] {
        var words = booking.differences(from: old.booking) { id in
            switch id {
            case booking.providerID: providerName
            case booking.serviceID: serviceName
            case booking.patientID: patientName
            default: id
            }
        }
        if procedureStatus != old.procedureStatus, procedureStatus != .unspecified {
            words.append("procedure " + procedureStatus.word.replacing("-", with: " "))
        }
        if patientName != old.patientName, booking.patientID == old.booking.patientID {
            words.append("was \(plainText(old.patientName))")
        }
        return words
    }
}
