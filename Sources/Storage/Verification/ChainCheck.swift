internal import Engine

/// Follows one organization's hash chain through the journal, entry by entry.
struct ChainCheck {
    /// The last position seen; 0 before the first.
    private(set) var position: Int64
    /// The last link; nil before the chain begins.
    private(set) var hash: ChainHash?
    /// Where the chain begins; 0: nowhere yet.
    private(set) var firstPosition: Int64

    /// Begins before the first entry, or goes on after an entry with this link.
    init(position: Int64 = 0, hash: ChainHash? = nil, firstPosition: Int64 = 0) {
        self.position = position
        self.hash = hash
        self.firstPosition = firstPosition
    }

    /// Takes the next entry, and says what is wrong with it.
    ///
    /// Afterwards the chain goes on with what the file says, so that one change is found once.
    mutating func take(_ row: StoredRow, _ link: inout ChainLink) -> ChainFinding.Kind? {
        position = row.position
        guard let stored = row.hash else { return hash == nil ? nil : .unlinked }
        let expected = row.link(after: hash ?? .start, &link)
        if hash == nil { firstPosition = row.position }
        hash = ChainHash(stored) ?? expected
        return stored == expected.bytes ? nil : .broken
    }
}
