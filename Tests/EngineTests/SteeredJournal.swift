import Engine
import NIOConcurrencyHelpers
import Scheduling

/// A journal in memory that commits only when a test lets it, and fails when told to.
final class SteeredJournal: Journal {
    enum Step {
        case commit
        case full
        case fail
    }

    /// True when there is a step.
    private let gate = ConditionLock(value: false)
    // Guarded by `gate`.
    private nonisolated(unsafe) var steps: [Step] = []
    private let batches = NIOLockedValueBox<[[JournalEntry]]>([])
    private let arrivals = Tally()
    /// Without steering every commit succeeds at once.
    private let isSteered: Bool

    init(isSteered: Bool) {
        self.isSteered = isSteered
    }

    /// Lets the next commit, waiting or to come, end so.
    func allow(_ step: Step) {
        gate.lock()
        steps.append(step)
        gate.unlock(withValue: true)
    }

    /// Waits until so many commits have been asked for in all.
    func waitForCommits(_ count: Int) {
        arrivals.wait(for: count)
    }

    /// What is durable, in order.
    var durable: [JournalEntry] { batches.withLockedValue { $0.flatMap { $0 } } }
    /// The sizes of the batches that were committed.
    var batchSizes: [Int] { batches.withLockedValue { $0.map(\.count) } }

    func commit(
        _ batch: [JournalEntry]
    ) throws(JournalError) -> [Identifier<OrganizationProfile>: CommitOutcome] {
        arrivals.increment()
        if isSteered {
            gate.lock(whenValue: true)
            let step = steps.removeFirst()
            gate.unlock(withValue: !steps.isEmpty)
            switch step {
            case .commit: break
            case .full: throw .full("no room")
            case .fail: throw .failed("broken")
            }
        }
        batches.withLockedValue { $0.append(batch) }
        return Dictionary(
            batch.map { ($0.organization, CommitOutcome.committed) },
            uniquingKeysWith: { a, _ in a })
    }
}

/// What one caller was told, to be waited for.
final class Answers: Sendable {
    private let tally = Tally()
    private let answers = NIOLockedValueBox<[MutationAnswer]>([])

    func take(_ answer: MutationAnswer) {
        answers.withLockedValue { $0.append(answer) }
        tally.increment()
    }

    var count: Int { answers.withLockedValue(\.count) }

    func wait(_ count: Int) -> [MutationAnswer] {
        tally.wait(for: count)
        return answers.withLockedValue { $0 }
    }
}

/// A count that can be waited for.
private final class Tally: Sendable {
    private struct State {
        var count = 0
        var waiting: [(threshold: Int, gate: ConditionLock<Bool>)] = []
    }

    private let state = NIOLockedValueBox(State())

    func increment() {
        let ready = state.withLockedValue { state in
            state.count += 1
            let ready = state.waiting.filter { $0.threshold <= state.count }
            state.waiting.removeAll { $0.threshold <= state.count }
            return ready.map(\.gate)
        }
        for gate in ready {
            gate.lock()
            gate.unlock(withValue: true)
        }
    }

    /// Returns when the count has reached this.
    func wait(for count: Int) {
        let gate = state.withLockedValue { state -> ConditionLock<Bool>? in
            guard state.count < count else { return nil }
            let gate = ConditionLock(value: false)
            state.waiting.append((count, gate))
            return gate
        }
        gate?.lock(whenValue: true)
        gate?.unlock()
    }
}
