internal import SQLite

/// What one of our files holds, and how an older file becomes a present one.
struct Schema {
    /// SQLite's `application_id`: tells our files from others'.
    let applicationID: Int64
    /// Step n makes version n + 1 out of version n; version 0 is the empty file. Steps are only
    /// ever added.
    let steps: [String]
    /// How the file is to be opened.
    var settings = Settings()

    /// The version that this program writes.
    var version: Int64 { Int64(steps.count) }

    /// Brings a file to the present version, each step in a transaction of its own.
    ///
    /// Refuses files of newer versions and of other programs, and leaves them as they are.
    func migrate(_ connection: Connection) throws(StorageError) {
        let file = connection.path
        let (found, application, isEmpty) = try connection.reporting { () throws(SQLiteError) in
            (
                try connection.integer("PRAGMA user_version") ?? 0,
                try connection.integer("PRAGMA application_id") ?? 0,
                try connection.integer("SELECT count(*) FROM sqlite_schema") == 0
            )
        }
        guard application == applicationID || (isEmpty && application == 0 && found == 0) else {
            throw .foreignFile(file, reason: "its application_id is \(application)")
        }
        guard found >= 0, found <= version else {
            throw .newerSchema(file: file, found: found, known: version)
        }
        for (step, sql) in steps.enumerated().dropFirst(Int(found)) {
            try connection.reporting { () throws(SQLiteError) in
                try connection.transaction { () throws(SQLiteError) in
                    try connection.execute(sql)
                    try connection.execute("PRAGMA application_id=\(applicationID)")
                    try connection.execute("PRAGMA user_version=\(step + 1)")
                }
            }
        }
    }
}

extension Connection {
    /// Opens one of our files and brings it to the present version.
    static func open(_ path: String, _ schema: Schema) throws(StorageError) -> Connection {
        let connection: Connection
        do { connection = try Connection(path: path, settings: schema.settings) } catch {
            throw StorageError(error, file: path)
        }
        try schema.migrate(connection)
        return connection
    }

    /// Runs `body` and puts what it throws into the storage's terms.
    func reporting<Result: ~Copyable>(
        _ body: () throws(SQLiteError) -> Result
    ) throws(StorageError) -> Result {
        do { return try body() } catch { throw StorageError(error, file: path) }
    }
}
