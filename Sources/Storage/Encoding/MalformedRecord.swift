/// Why bytes are no record: they were damaged, or written by a newer version than this one.
struct MalformedRecord: Error, Equatable {
    /// Which field is wrong, and how.
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
