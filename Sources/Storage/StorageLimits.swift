internal import Scheduling

/// The storage's bounds.
public struct StorageLimits: Sendable {
    /// Frames (pages of 4 KiB) in a WAL at which it is checkpointed: 16 MiB.
    public var walFrames = 4096
    /// Changed records that may wait for the tables; beyond it, commits wait.
    public var waitingRecords = 200_000
    /// Changed records that are written at once, without waiting for more.
    public var recordsPerWrite = 5000
    /// How long changed records wait for company.
    public var writeDelayMilliseconds = 200
    /// How long at least between two writes of the high-water mark, and between two tries to write
    /// to a full disk.
    public var markIntervalMilliseconds = 1000
    /// How long a receipt answers a repeated call.
    public var receiptSeconds = Limits.receiptSeconds

    /// The limits above.
    public init() {}
}
