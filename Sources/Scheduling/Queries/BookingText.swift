/// A search for bookings by words: each word of the text begins a word of the patient's, a
/// provider's or a service's name, of the note, or of the booking's or the patient's external
/// reference. Which words a patient, a provider or a service has is found once for each of them.
struct BookingText {
    private let organization: Organization
    /// Each once; at most 64, so that what was found of them is a mask.
    private let words: [String]
    private var found: [UInt128: UInt64] = [:]

    init(_ text: String, in organization: Organization) {
        self.organization = organization
        var words: [String] = []
        for word in FoldedText(text).words.prefix(64) where !words.contains(word) {
            words.append(word)
        }
        self.words = words
    }

    /// Every word is there. A text without any letter or digit is found nowhere.
    mutating func accepts(_ booking: Booking) -> Bool {
        let all = words.count == 64 ? UInt64.max : (1 << UInt64(words.count)) - 1
        guard all != 0 else { return false }
        var mask = self.mask(of: booking.patient.value) { organization in
            let patient = organization.patients[booking.patient]?.details
            return [patient?.name ?? "", patient?.externalRef ?? ""]
        }
        for segment in booking.segments where mask != all {
            mask |= self.mask(of: segment.provider.value) {
                [$0.providers[segment.provider]?.details.name ?? ""]
            }
            mask |= self.mask(of: segment.service.value) {
                [$0.services[segment.service]?.details.name ?? ""]
            }
        }
        if mask != all { mask |= self.mask(of: booking.externalRef) }
        if mask != all { mask |= self.mask(of: booking.note) }
        return mask == all
    }

    /// The words that a record has; ids are unique among all kinds.
    private mutating func mask(of id: UInt128, _ texts: (Organization) -> [String]) -> UInt64 {
        if let known = found[id] { return known }
        let mask = texts(organization).reduce(0) { $0 | self.mask(of: $1) }
        found[id] = mask
        return mask
    }

    private func mask(of text: String) -> UInt64 {
        if text.isEmpty { return 0 }
        let folded = FoldedText(text)
        var mask: UInt64 = 0
        for (index, word) in words.enumerated() where folded.hasWord(beginning: word) {
            mask |= 1 << UInt64(index)
        }
        return mask
    }
}
