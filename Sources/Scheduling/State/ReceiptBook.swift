/// Which call a receipt answers.
public struct ReceiptKey: Hashable, Sendable {
    /// Who called.
    public var actor: String
    /// What was called, as in `BookingService/CreateBooking`.
    public var rpc: String
    /// The id that the client gave the call.
    public var requestID: String

    /// The same call has the same three.
    public init(actor: String, rpc: String, requestID: String) {
        self.actor = actor
        self.rpc = rpc
        self.requestID = requestID
    }
}

/// The answers that repeated calls get, until `Limits.receiptSeconds` after the first.
///
/// Whether one still counts is decided by comparing with `now`; forgetting is only housekeeping.
struct ReceiptBook: Sendable {
    private struct Entry: Sendable {
        var receipt: Receipt
        var at: Instant
    }

    private var entries: [ReceiptKey: Entry] = [:]
    /// Keys in the order they came, from `oldest` on: the order in which they expire.
    private var arrivals: [ReceiptKey] = []
    private var oldest = 0

    func receipt(_ key: ReceiptKey, now: Instant) -> Receipt? {
        guard let entry = entries[key], now < entry.at.adding(seconds: Limits.receiptSeconds)
        else { return nil }
        return entry.receipt
    }

    mutating func store(_ receipt: Receipt, for key: ReceiptKey, at: Instant) {
        entries[key] = Entry(receipt: receipt, at: at)
        arrivals.append(key)
        forget(now: at)
    }

    /// Takes back what `store` did last.
    mutating func removeLast(_ key: ReceiptKey) {
        entries[key] = nil
        if arrivals.last == key { arrivals.removeLast() }
    }

    /// Drops at most a few expired entries, so that no call pays for many.
    private mutating func forget(now: Instant) {
        for _ in 0..<4 where oldest < arrivals.count {
            let key = arrivals[oldest]
            if let entry = entries[key] {
                guard now >= entry.at.adding(seconds: Limits.receiptSeconds) else { break }
                entries[key] = nil
            }
            oldest += 1
        }
        if oldest > 4096, oldest > arrivals.count / 2 {
            arrivals.removeSubrange(..<oldest)
            oldest = 0
        }
    }
}
