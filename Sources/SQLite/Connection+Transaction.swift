internal import CSQLite

extension Connection {
    /// Runs `body` inside BEGIN IMMEDIATE and COMMIT; whatever it throws, or COMMIT throws, leaves
    /// the file as it was and comes out here.
    ///
    /// After a throw of COMMIT itself with `.ioError` nobody knows what is durable: the caller must
    /// not try again.
    public func transaction<Failure: Error>(
        _ body: () throws(Failure) -> Void
    ) throws(TransactionError<Failure>) {
        do { try execute("BEGIN IMMEDIATE") } catch { throw .database(error) }
        do { try body() } catch {
            rollBack()
            throw .body(error)
        }
        do { try execute("COMMIT") } catch {
            rollBack()
            throw .database(error)
        }
    }

    /// As the other, for a body that fails in SQLite's terms only.
    public func transaction(_ body: () throws(SQLiteError) -> Void) throws(SQLiteError) {
        try execute("BEGIN IMMEDIATE")
        do {
            try body()
            try execute("COMMIT")
        } catch {
            rollBack()
            throw error
        }
    }

    /// Ends an open transaction without its changes; nothing happens when SQLite did so already.
    public func rollBack() {
        guard isInTransaction else { return }
        // After an error that left the transaction open, ROLLBACK needs no room and no new page.
        // When it fails even so, the file is rolled back at the next opening.
        _ = sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
    }
}

/// Why a transaction left nothing behind.
public enum TransactionError<Failure: Error>: Error {
    /// The body gave up.
    case body(Failure)
    /// BEGIN or COMMIT failed.
    case database(SQLiteError)
}
