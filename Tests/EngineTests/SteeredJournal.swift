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

    private let gate = ConditionLock(value: 0)
    private let steps = NIOLockedValueBox<[Step]>([])
    private let batches = NIOLockedValueBox<[[JournalEntry]]>([])
    private let arrivals = ConditionLock(value: 0)
    /// Without steering every commit succeeds at once.
    private let isSteered: Bool

    init(isSteered: Bool) {
        self.isSteered = isSteered
    }

    /// Lets the next commit, waiting or to come, end so.
    func allow(_ step: Step) {
        gate.lock()
        steps.withLockedValue { $0.append(step) }
        gate.unlock(withValue: gate.value + 1)
    }

    /// Waits until so many commits have been asked for in all.
    func waitForCommits(_ count: Int) {
        arrivals.lock(whenValue: count)
        arrivals.unlock()
    }

    /// What is durable, in order.
    var durable: [JournalEntry] { batches.withLockedValue { $0.flatMap { $0 } } }
    /// The sizes of the batches that were committed.
    var batchSizes: [Int] { batches.withLockedValue { $0.map(\.count) } }

    func commit(
        _ batch: [JournalEntry]
    ) throws(JournalError) -> [Identifier<OrganizationProfile>: CommitOutcome] {
        arrivals.lock()
        arrivals.unlock(withValue: arrivals.value + 1)
        if isSteered {
            gate.lock()
            while steps.withLockedValue(\.isEmpty) {
                let seen = gate.value
                gate.unlock()
                gate.lock(whenValue: seen + 1)
            }
            let step = steps.withLockedValue { $0.removeFirst() }
            gate.unlock()
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
    private let lock = ConditionLock(value: 0)
    private let answers = NIOLockedValueBox<[MutationAnswer]>([])

    func take(_ answer: MutationAnswer) {
        lock.lock()
        answers.withLockedValue { $0.append(answer) }
        lock.unlock(withValue: lock.value + 1)
    }

    var count: Int { answers.withLockedValue(\.count) }

    func wait(_ count: Int) -> [MutationAnswer] {
        lock.lock(whenValue: count)
        lock.unlock()
        return answers.withLockedValue { $0 }
    }
}
