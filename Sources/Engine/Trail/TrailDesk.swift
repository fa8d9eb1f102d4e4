internal import NIOConcurrencyHelpers
internal import Scheduling

/// A thread that reads the trail for those who ask, one after the other.
///
/// Who waits is bounded, in all and for each organization, so that one that asks much leaves room
/// for the others; beyond it is refused with a time to come back.
final class TrailDesk: Sendable {
    struct Job: Sendable {
        var organization: Identifier<OrganizationProfile>
        /// Reads, and returns what sends the answer.
        var read: @Sendable () -> @Sendable () -> Void
        /// The desk closes before its turn comes.
        var refuse: @Sendable (Rejection) -> Void
    }

    private struct State: Sendable {
        var jobs: [Job] = []
        /// Waiting and running.
        var counts: [Identifier<OrganizationProfile>: Int] = [:]
        var isStopping = false
    }

    /// True when the thread has something to do.
    private let gate = ConditionLock<Bool>(value: false)
    // Guarded by `gate`.
    private nonisolated(unsafe) var state = State()
    private let jobsMax: Int
    private let jobsOfOneMax: Int
    private let retryMilliseconds: Int64

    init(jobsMax: Int, jobsOfOneMax: Int, retryMilliseconds: Int64) {
        self.jobsMax = jobsMax
        self.jobsOfOneMax = jobsOfOneMax
        self.retryMilliseconds = retryMilliseconds
    }

    /// Takes a job, or refuses it for want of room.
    func add(_ job: Job, now: Instant) throws(Rejection) {
        gate.lock()
        let own = state.counts[job.organization, default: 0]
        let isStopping = state.isStopping
        guard !isStopping, state.jobs.count < jobsMax, own < jobsOfOneMax else {
            gate.unlock()
            if isStopping { throw Self.stopping }
            var rejection = Rejection(.overloaded, "too many calls wait to read the trail")
            rejection.retryAt = Instant(milliseconds: now.milliseconds + retryMilliseconds)
            throw rejection
        }
        state.jobs.append(job)
        state.counts[job.organization] = own + 1
        gate.unlock(withValue: true)
    }

    /// Has the thread end after what it is at; who waits is refused.
    func stop() {
        gate.lock()
        state.isStopping = true
        gate.unlock(withValue: true)
    }

    /// The thread's body.
    func run() {
        while true {
            gate.lock(whenValue: true)
            if state.isStopping {
                let rest = state.jobs
                state.jobs = []
                gate.unlock(withValue: true)
                for job in rest { job.refuse(Self.stopping) }
                return
            }
            let job = state.jobs.removeFirst()
            gate.unlock(withValue: !state.jobs.isEmpty)
            let answer = job.read()
            gate.lock()
            let left = state.counts[job.organization, default: 1] - 1
            state.counts[job.organization] = left > 0 ? left : nil
            gate.unlock(withValue: !state.jobs.isEmpty || state.isStopping)
            // Its place is free before: who has an answer may ask again at once.
            answer()
        }
    }

    private static let stopping = Rejection(.overloaded, "the daemon is stopping")
}
