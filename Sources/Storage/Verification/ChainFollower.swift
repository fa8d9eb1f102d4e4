internal import Engine

/// Follows one organization's chain while the daemon runs: no entry missing, each link right, and
/// the anchors on the way.
struct ChainFollower {
    private let organization: String
    private let findingsMax: Int
    private var anchors: [Int64: [ChainHash]] = [:]
    private var chain = ChainCheck()
    private var link = ChainLink()
    private var findings: [ChainFinding] = []
    private var count: Int64 = 0

    /// - Parameter anchors: those of other organizations are passed over.
    init(_ organization: String, anchors: [ChainAnchor], findingsMax: Int) {
        self.organization = organization
        self.findingsMax = findingsMax
        for anchor in anchors where anchor.organization == organization {
            self.anchors[anchor.position, default: []].append(anchor.hash)
        }
    }

    /// The last position seen.
    var position: Int64 { chain.position }

    /// Takes the organization's next row in the order of the file.
    mutating func take(_ row: StoredRow) {
        if row.position != chain.position + 1 { add(.missing, at: chain.position + 1) }
        if let kind = chain.take(row, &link) { add(kind, at: row.position) }
        count += 1
        if let hashes = anchors.removeValue(forKey: row.position),
            hashes.contains(where: { $0 != chain.hash })
        {
            add(.anchorDiffers, at: row.position)
        }
    }

    /// What was found, when the trail should end at this position.
    mutating func report(through end: Int64) -> ChainReport {
        if chain.position < end { add(.missing, at: chain.position + 1) }
        for position in anchors.keys.sorted() { add(.anchorMissing, at: position) }
        let anchor = chain.hash.map { hash in
            ChainAnchor(organization: organization, position: chain.position, hash: hash)
        }
        return ChainReport(findings: findings, count: count, anchor: anchor)
    }

    private mutating func add(_ kind: ChainFinding.Kind, at position: Int64) {
        guard findings.count < findingsMax else { return }
        findings.append(ChainFinding(organization: organization, position: position, kind))
    }
}
