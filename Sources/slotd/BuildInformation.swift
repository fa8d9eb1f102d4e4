internal import RPC
internal import Storage

/// What this binary is made of: for `--version` and the first line of the log.
enum BuildInformation {
    static let version = "0.1.0"

    static var summary: String {
        "slotd \(version), SQLite \(Storage.libraryVersion), nghttp2 \(Server.libraryVersion)"
    }
}
