internal import NIOConcurrencyHelpers

/// A value that one thread waits for and another brings, once.
final class OneShot<Value: Sendable>: Sendable {
    private let lock = ConditionLock(value: false)
    // Guarded by `lock`.
    private nonisolated(unsafe) var value: Value?

    func fulfill(_ value: Value) {
        lock.lock()
        self.value = value
        lock.unlock(withValue: true)
    }

    func wait() -> Value {
        lock.lock(whenValue: true)
        defer { lock.unlock() }
        guard let value else { preconditionFailure("the lock says that the value is there") }
        return value
    }
}
