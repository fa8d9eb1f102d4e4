public import Scheduling

/// The port to what is durable already: reads the journal back, one organization at a time.
///
/// Reads never stand in the way of a commit for longer than a moment, and block the thread that
/// asks: `Engine.readTrail` has threads for it, event loops must not. Two conformers: SQLite's in
/// `Storage`, and the simulator's in memory.
public protocol Trail: AnyObject, Sendable {
    /// A stretch of an organization's entries, in order of position.
    ///
    /// - Parameters:
    ///   - window: which entries, and how many. Its positions are durable.
    ///   - accept: which of them are wanted; what is not is never decoded.
    func page(
        of organization: Identifier<OrganizationProfile>, _ window: TrailWindow,
        where accept: (TrailHead) -> Bool
    ) throws(TrailError) -> TrailPage

    /// Follows an organization's hash chain from its first entry to the one at `position`, and says
    /// where it does not hold. Costs a pass over the whole journal, other organizations' included.
    ///
    /// - Parameters:
    ///   - anchors: links that it must lead through; those of other organizations are passed over.
    ///   - findingsMax: no more findings than these.
    func check(
        _ organization: Identifier<OrganizationProfile>, through position: Int64,
        anchors: [ChainAnchor], findingsMax: Int
    ) throws(TrailError) -> ChainReport
}

/// The journal as the engine needs it: to append to, and to read back.
public typealias DurableJournal = Journal & Trail

/// Why the trail cannot be read. It is no reason to stop: commits know by themselves whether the
/// disk is sound.
public struct TrailError: Error, Equatable, Sendable {
    /// A sentence.
    public var reason: String

    /// Why.
    public init(_ reason: String) { self.reason = reason }
}

/// What an entry says without its changes.
public struct TrailHead: Equatable, Sendable {
    /// The organization's position.
    public var position: Int64
    /// When it was decided.
    public var at: Instant
    /// Who asked for it.
    public var actor: String
    /// By which RPC.
    public var rpc: String
    /// The call's request_id; nil when it had none.
    public var requestID: String?

    /// The head of an entry.
    public init(position: Int64, at: Instant, actor: String, rpc: String, requestID: String?) {
        self.position = position
        self.at = at
        self.actor = actor
        self.rpc = rpc
        self.requestID = requestID
    }
}

/// One entry, read back.
public struct TrailEntry: Sendable {
    /// What was decided.
    public var event: Event
    /// The entry's link of the hash chain; nil when it is older than the chain.
    public var link: ChainHash?

    /// An entry with its link.
    public init(event: Event, link: ChainHash?) {
        self.event = event
        self.link = link
    }
}

/// Which entries are asked for.
public struct TrailWindow: Sendable {
    /// Only those that can be found by this; nil: all.
    public var about: TrailSubject?
    /// The organization's positions.
    public var positions: ClosedRange<Int64>
    /// The latest first.
    public var newestFirst: Bool
    /// At most so many that are accepted.
    public var limit: Int
    /// At most so many are looked at.
    public var readMax: Int

    /// A window; without a bound of its own, as many are looked at as are wanted.
    public init(
        about: TrailSubject? = nil, _ positions: ClosedRange<Int64>, newestFirst: Bool = false,
        limit: Int, readMax: Int? = nil
    ) {
        self.about = about
        self.positions = positions
        self.newestFirst = newestFirst
        self.limit = limit
        self.readMax = readMax ?? limit
    }
}

/// What a window showed.
public struct TrailPage: Sendable {
    /// In the order asked for.
    public var entries: [TrailEntry]
    /// Where to go on, as the window's new first position in its direction; nil: it was read to its
    /// end.
    public var next: Int64?

    /// A page.
    public init(entries: [TrailEntry], next: Int64?) {
        self.entries = entries
        self.next = next
    }
}

/// What a check of a hash chain found.
public struct ChainReport: Sendable {
    /// Where it does not hold; empty is the good answer.
    public var findings: [ChainFinding]
    /// How many entries were followed.
    public var count: Int64
    /// The last link; nil when there is none.
    public var anchor: ChainAnchor?

    /// A report.
    public init(findings: [ChainFinding], count: Int64, anchor: ChainAnchor?) {
        self.findings = findings
        self.count = count
        self.anchor = anchor
    }
}
