internal import CRevision
internal import RPC

/// What this binary is made of, for `--version -o json`. It has no SQLite: only the daemon has.
enum BuildInformation {
    static let version = "0.1.0"

    /// One JSON object: what a report of a fault should name.
    static var json: String {
        JSONText.object([
            ("program", JSONText.quoted("slotctl")), ("version", JSONText.quoted(version)),
            // Set by whoever builds, never null.
            ("revision", JSONText.quoted(String(cString: slotd_revision()))),
            ("swift", JSONText.quoted(swiftVersion)),
            ("nghttp2", JSONText.quoted(Server.libraryVersion)),
        ])
    }

    /// The compiler's version, as far as a program can tell its own.
    private static var swiftVersion: String {
        #if compiler(>=6.5)
            return "6.5 or later"
        #elseif compiler(>=6.4)
            return "6.4"
        #elseif compiler(>=6.3)
            return "6.3"
        #else
            return "6.2"
        #endif
    }
}
