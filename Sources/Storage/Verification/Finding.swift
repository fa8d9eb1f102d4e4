public import Engine

/// Something that is not as it must be.
public enum Finding: Equatable, Sendable {
    /// A file's pages or indexes contradict one another; SQLite's words.
    case damaged(file: String, String)
    /// The journal lacks an entry.
    case entryMissing(sequence: Int64)
    /// An organization's positions do not count up by one.
    case gap(organization: String, expected: Int64, found: Int64)
    /// A record of the tables is not what the journal made of it last.
    case recordDiffers(id: String)
    /// The journal made a record that the tables lack.
    case recordMissing(id: String)
    /// The tables hold a record that the journal never made or has removed.
    case recordUnexpected(id: String)
    /// A booking or hold has other rows in `occupancies` than its record says.
    case occupancyDiffers(owner: String)
    /// Two of a provider's occupancies overlap.
    case overlap(provider: String, first: String, second: String, atUnixSeconds: Int64)
    /// The journal ends before an entry that was acknowledged.
    case commitsLost(last: Int64, promised: Int64)
    /// The journal holds another entry than the one that was acknowledged.
    case journalReplaced(sequence: Int64)
    /// An entry's payload is none.
    case unreadable(organization: String, position: Int64, String)
    /// The index of the trail does not lead to an entry of the journal: from its revision where the
    /// subject is empty, else from a record or a day of the board that the entry is about.
    case trailLacks(organization: String, position: Int64, subject: String)
    /// The index of the trail leads to an entry that is none, or is about something else.
    case trailUnexpected(sequence: Int64, subject: String)
    /// An organization's hash chain does not hold.
    case chain(ChainFinding)
}

extension Finding: CustomStringConvertible {
    public var description: String {
        switch self {
        case .damaged(let file, let words): "\(file) is damaged: \(words)"
        case .entryMissing(let sequence): "the journal lacks entry \(sequence)"
        case .gap(let organization, let expected, let found):
            "\(organization) goes on with position \(found) where \(expected) is due"
        case .recordDiffers(let id): "\(id) is not what the journal made of it last"
        case .recordMissing(let id): "\(id) is in the journal, but not in the tables"
        case .recordUnexpected(let id): "\(id) is in the tables, but not in the journal"
        case .occupancyDiffers(let owner): "\(owner) has other occupancies than its record says"
        case .overlap(let provider, let first, let second, let seconds):
            "\(first) and \(second) both keep \(provider) at \(seconds)"
        case .commitsLost(let last, let promised):
            "the journal ends at entry \(last), but entry \(promised) was acknowledged"
        case .journalReplaced(let sequence):
            "the journal holds another entry \(sequence) than the one that was acknowledged"
        case .unreadable(let organization, let position, let reason):
            "\(organization), revision \(position): it cannot be read: \(reason)"
        case .trailLacks(let organization, let position, ""):
            "\(organization), revision \(position): the trail's index does not have it"
        case .trailLacks(let organization, let position, let subject):
            "\(organization), revision \(position): the trail's index lacks it under \(subject)"
        case .trailUnexpected(let sequence, let subject):
            "the trail's index has entry \(sequence) under \(subject), against the journal"
        case .chain(let finding): finding.description
        }
    }
}
