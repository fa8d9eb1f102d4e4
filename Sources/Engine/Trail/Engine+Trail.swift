internal import NIOConcurrencyHelpers
public import Scheduling

extension Engine {
    /// How long reading takes: what is long has a thread of its own.
    public enum TrailReading: Sendable {
        /// A page of it: milliseconds.
        case short
        /// All of it: seconds.
        case long
    }

    /// Has a thread read an organization's trail, up to what is durable by then.
    ///
    /// Returns a refusal when too many wait already; else nil, and `release` gets the answer on the
    /// event loop of this index. The body runs under no lock.
    public func readTrail<Answer: Sendable>(
        _ cell: OrganizationCell, loop: Int, _ length: TrailReading = .short,
        _ body: @escaping @Sendable (TrailReader) throws(Rejection) -> Answer,
        release: @escaping @Sendable (Result<Answer, Rejection>) -> Void
    ) -> Result<Answer, Rejection>? {
        let desk = length == .short ? trailDesk : checkDesk
        let (trail, deliver) = (trail, deliver)
        let job = TrailDesk.Job(
            organization: cell.id,
            read: {
                let reader = TrailReader(trail, cell.id, end: cell.durablePosition)
                let answer = Result { () throws(Rejection) in try body(reader) }
                return { deliver(loop) { release(answer) } }
            },
            refuse: { rejection in deliver(loop) { release(.failure(rejection)) } })
        do throws(Rejection) {
            try desk.add(job, now: now)
            return nil
        } catch {
            return .failure(error)
        }
    }

    /// The organization as it is now, durable or not, to be looked at outside of its lock.
    ///
    /// Costs nothing by itself, but the organization's next changes copy the tables that they
    /// write to as long as the value is kept.
    public func snapshot(_ cell: OrganizationCell) -> Organization {
        cell.withLock { $0.organization.detached }
    }
}
