/// A place where an organization's hash chain does not hold: the journal is not what was written.
public struct ChainFinding: Hashable, Sendable {
    /// What is wrong there.
    public enum Kind: Hashable, Sendable {
        /// The entry is not the one whose link was stored with it, or does not follow the one
        /// before it.
        case broken
        /// The entry is not there: others stand before and after it, or it was cut off.
        case missing
        /// The entry has no link, although the chain had begun.
        case unlinked
        /// The entry is another one than the anchor was made of.
        case anchorDiffers
        /// The journal ends before the anchor.
        case anchorMissing
    }

    /// The organization's id.
    public var organization: String
    /// The entry's place in its organization.
    public var position: Int64
    /// What is wrong.
    public var kind: Kind

    /// Something that is wrong at a place.
    public init(organization: String, position: Int64, _ kind: Kind) {
        self.organization = organization
        self.position = position
        self.kind = kind
    }
}

extension ChainFinding: CustomStringConvertible {
    /// A sentence that names the place.
    public var description: String {
        let place = "\(organization), revision \(position)"
        return switch kind {
        case .broken: "\(place): changed, or not where it was written: its hash does not fit"
        case .missing: "\(place): missing; it was taken out, or cut off"
        case .unlinked: "\(place): its hash was taken away"
        case .anchorDiffers: "\(place): not what it was when the anchor was made"
        case .anchorMissing: "\(place): cut off; the anchor was made there, and it is not there"
        }
    }
}

/// A link that was kept apart from the journal: proves that the journal up to there is the one that
/// it was then, and that nothing was cut off before it.
public struct ChainAnchor: Hashable, Sendable {
    /// The organization's id.
    public var organization: String
    /// The last entry that it vouches for.
    public var position: Int64
    /// That entry's link.
    public var hash: ChainHash

    /// The link of an entry.
    public init(organization: String, position: Int64, hash: ChainHash) {
        self.organization = organization
        self.position = position
        self.hash = hash
    }

    /// Reads the text form: `slotd-anchor 1 ORGANIZATION REVISION HASH`; nil for anything else.
    public init?(_ line: some StringProtocol) {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count == 5, words[0] == "slotd-anchor", words[1] == "1",
            let position = Int64(words[3]), position > 0,
            let hash = ChainHash(hex: String(words[4]))
        else { return nil }
        self.init(organization: String(words[2]), position: position, hash: hash)
    }
}

extension ChainAnchor: CustomStringConvertible {
    /// The text form, without an end of line.
    public var description: String { "slotd-anchor 1 \(organization) \(position) \(hash)" }
}
