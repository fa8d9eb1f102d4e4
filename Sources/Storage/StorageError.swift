internal import SQLite

/// Why the data directory cannot be opened or read. Each says in one sentence what is wrong, where,
/// and where there is a remedy, what it is.
public enum StorageError: Error, Equatable, Sendable {
    /// Another process has the data directory open.
    case directoryInUse(String)
    /// The directory cannot be made, entered or written to.
    case directoryUnusable(String, reason: String)
    /// The file was written by a newer version of slotd.
    case newerSchema(file: String, found: Int64, known: Int64)
    /// The file is none of ours.
    case foreignFile(String, reason: String)
    /// The journal ends before an event that was acknowledged.
    case commitsLost(file: String, last: Int64, promised: Int64)
    /// The journal holds something else than was acknowledged at this place of it.
    case journalReplaced(file: String, sequence: Int64)
    /// The journal's entries are not numbered without gaps.
    case entryMissing(file: String, sequence: Int64)
    /// An organization's positions in the journal do not count up by one.
    case gap(organization: String, expected: Int64, found: Int64)
    /// A stored event (with its position) or record cannot be read or used.
    case unreadable(organization: String, position: Int64?, reason: String)
    /// SQLite failed.
    case database(file: String, reason: String)

    /// A failure of SQLite's on one of our files.
    init(_ error: SQLiteError, file: String) {
        switch error.code {
        case .notADatabase: self = .foreignFile(file, reason: error.message)
        case .busy: self = .directoryInUse(file)
        default: self = .database(file: file, reason: error.description)
        }
    }
}

extension StorageError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .directoryInUse(let path):
            "\(path) is in use by another slotd; stop that one, or name another directory"
        case .directoryUnusable(let path, let reason):
            "\(path) cannot be used as data directory: \(reason)"
        case .newerSchema(let file, let found, let known):
            "\(file) has schema \(found), which a newer slotd wrote; this one knows up to \(known)"
        case .foreignFile(let file, let reason):
            "\(file) is not one of slotd's files: \(reason)"
        case .commitsLost(let file, let last, let promised):
            "\(file) ends at entry \(last), but entry \(promised) was acknowledged: the file was "
                + "damaged or replaced; restore it from a backup"
        case .journalReplaced(let file, let sequence):
            "\(file) holds another entry \(sequence) than the one that was acknowledged: the file "
                + "was replaced; restore it from a backup of this directory"
        case .entryMissing(let file, let sequence):
            "\(file) lacks entry \(sequence): the file was damaged; restore it from a backup"
        case .gap(let organization, let expected, let found):
            "the journal of \(organization) goes on with position \(found) where \(expected) is due"
        case .unreadable(let organization, let position?, let reason):
            "event \(position) of \(organization) cannot be read: \(reason)"
        case .unreadable(let organization, nil, let reason):
            "a record of \(organization) cannot be read: \(reason)"
        case .database(let file, let reason):
            "\(file): \(reason)"
        }
    }
}
