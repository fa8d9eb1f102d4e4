// Why a caller wants something: for the journal, which keeps it with the change.

extension Command {
    /// Most commands need no reason.
    public var reason: String { "" }
}

extension CreateBooking {
    /// Why it breaks rules.
    public var reason: String { new.overrides.note }
}

extension CreateBookingAndAttach {
    /// Why it breaks rules.
    public var reason: String { new.overrides.note }
}

extension RescheduleBooking {
    /// Why it breaks rules.
    public var reason: String { overrides.note }
}

extension CreateBookingGroup {
    /// Why its members break rules.
    public var reason: String { joined(members.map(\.new.overrides.note)) }
}

extension MoveBookings {
    /// Those of its moves.
    public var reason: String { joined(moves.map(\.reason)) }
}

/// Each reason once, in order, and at most about 500 characters of them.
private func joined(_ reasons: [String]) -> String {
    var text = ""
    var seen: Set<String> = [""]
    for reason in reasons where seen.insert(reason).inserted && text.count < 500 {
        text += text.isEmpty ? reason : "; \(reason)"
    }
    return text
}
