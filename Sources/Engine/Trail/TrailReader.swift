public import Scheduling

/// Reads one organization's trail up to an entry that is durable. Handed out by `Engine.readTrail`;
/// every method blocks the thread and throws when the disk cannot be read.
public struct TrailReader: Sendable {
    private let trail: any Trail
    /// Whose trail it is.
    public let organization: Identifier<OrganizationProfile>
    /// The last position that is durable; 0 when there is none.
    public let end: Int64

    init(_ trail: any Trail, _ organization: Identifier<OrganizationProfile>, end: Int64) {
        self.trail = trail
        self.organization = organization
        self.end = end
    }

    /// A page of entries, as the port's.
    public func page(
        _ window: TrailWindow, where accept: (TrailHead) -> Bool = { _ in true }
    ) throws(Rejection) -> TrailPage {
        try refusing { () throws(TrailError) in
            try trail.page(of: organization, window, where: accept)
        }
    }

    /// Follows the hash chain, as the port does.
    public func check(
        anchors: [ChainAnchor], findingsMax: Int
    ) throws(Rejection) -> ChainReport {
        try refusing { () throws(TrailError) in
            try trail.check(
                organization, through: end, anchors: anchors, findingsMax: findingsMax)
        }
    }

    /// The last position that was decided at this time or before; 0 when there is none. Costs as
    /// many looks as the trail's length has bits.
    ///
    /// Supposes that an organization's time does not go back: where the machine's clock was set
    /// back while the daemon was down, one of the positions around there is found.
    public func position(at time: Instant) throws(Rejection) -> Int64 {
        var (low, high) = (0 as Int64, end)
        while low < high {
            let middle = low + (high - low + 1) / 2
            var at: Instant?
            _ = try page(TrailWindow(middle...middle, limit: 1)) { head in
                at = head.at
                return false
            }
            guard let at else { throw missing(middle) }
            if at <= time { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// Visits every entry about something up to a position, in order; stops when the body says no.
    public func forEach(
        about subject: TrailSubject?, _ positions: ClosedRange<Int64>, newestFirst: Bool = false,
        chunk: Int = 64, _ body: (TrailEntry) throws(Rejection) -> Bool
    ) throws(Rejection) {
        var rest = positions
        while true {
            let page = try page(
                TrailWindow(about: subject, rest, newestFirst: newestFirst, limit: chunk))
            for entry in page.entries {
                guard try body(entry) else { return }
            }
            guard let next = page.next else { return }
            rest = newestFirst ? rest.lowerBound...next : next...rest.upperBound
        }
    }

    /// A record as an entry left it that is not after `position`; nil when there was none.
    public func record(_ id: UInt128, at position: Int64) throws(Rejection) -> Record? {
        guard position > 0 else { return nil }
        var found: Record?
        try forEach(about: .record(id), 1...position, newestFirst: true, chunk: 4) { entry in
            guard let write = entry.event.writes.last(where: { $0.key.id == id }) else {
                return true
            }
            if case .put(let record) = write { found = record }
            return false
        }
        return found
    }

    private func missing(_ position: Int64) -> Rejection {
        Rejection(.storageFailed, "the trail lacks revision \(position)")
    }

    private func refusing<Result>(
        _ body: () throws(TrailError) -> Result
    ) throws(Rejection) -> Result {
        do { return try body() } catch {
            throw Rejection(.storageFailed, "the trail cannot be read: \(error.reason)")
        }
    }
}
