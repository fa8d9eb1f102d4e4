internal import CSQLite

extension Connection {
    /// How far a checkpoint goes.
    public enum CheckpointMode: Sendable {
        /// Moves pages from the WAL to the file. The next write starts the WAL over, in place.
        case passive
        /// The same, and cuts the WAL's file down to nothing.
        case truncate

        fileprivate var flag: Int32 {
            switch self {
            case .passive: SQLITE_CHECKPOINT_PASSIVE
            case .truncate: SQLITE_CHECKPOINT_TRUNCATE
            }
        }
    }

    /// Moves what the WAL holds into the file, with an fsync of both. Not inside a transaction.
    ///
    /// Returns the frames left in the WAL that are not yet in the file: 0, as there is no reader to
    /// wait for.
    @discardableResult
    public func checkpoint(_ mode: CheckpointMode) throws(SQLiteError) -> Int {
        var logged: Int32 = 0
        var moved: Int32 = 0
        let code = sqlite3_wal_checkpoint_v2(handle, nil, mode.flag, &logged, &moved)
        guard code == SQLITE_OK else {
            throw SQLiteError(code, on: handle, statement: "checkpoint \(mode)")
        }
        return Int(logged - moved)
    }
}
