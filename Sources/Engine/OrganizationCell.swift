internal import NIOConcurrencyHelpers
public import Scheduling
internal import Synchronization

/// One organization and the lock that owns it.
///
/// Organizations share nothing, so this is the unit of locking. What happens under the lock is
/// short and synchronous. Lock order: the directory's lock, then one organization's, then the
/// committer's queue or the disk's; no two organizations' locks are ever held together.
public final class OrganizationCell: Sendable {
    struct State {
        var organization: Organization
        /// The latest time that any call saw: time never goes back for an organization.
        var latest = Instant(milliseconds: .min)
        /// Its creation was taken back: whoever still has the cell is told that there is none.
        var isGone = false

        mutating func clamp(_ now: Instant) -> Instant {
            latest = max(latest, now)
            return latest
        }

        func checkExists() throws(Rejection) {
            guard isGone else { return }
            throw Rejection(.unknownOrganization, "no organization \(organization.id)")
        }
    }

    /// The organization's id.
    public let id: Identifier<OrganizationProfile>
    private let state: NIOLockedValueBox<State>
    /// The last position that is durable; behind the organization's own while a batch is under way.
    private let durable: Synchronization.Atomic<Int64>
    /// Who watches it.
    let live = LiveHub()

    init(_ organization: Organization) {
        id = organization.id
        state = NIOLockedValueBox(State(organization: organization))
        durable = Synchronization.Atomic(organization.position)
    }

    func withLock<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        try state.withLockedValue(body)
    }

    /// What was seen at this position is not durable yet. To be asked under the lock: later,
    /// another event may have the position of one that was taken back.
    func isAhead(_ position: Int64) -> Bool {
        position > durable.load(ordering: .acquiring)
    }

    /// The last position that is durable.
    var durablePosition: Int64 { durable.load(ordering: .acquiring) }

    func didCommit(through position: Int64) {
        durable.store(position, ordering: .releasing)
    }
}
