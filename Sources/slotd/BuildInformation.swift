internal import CRevision
internal import RPC
internal import Storage

/// What this binary is made of: for `--version` and the first line of the log.
enum BuildInformation {
    static let version = "0.1.0"

    static var summary: String {
        "slotd \(version), SQLite \(Storage.libraryVersion), nghttp2 \(Server.libraryVersion)"
    }

    /// One JSON object: what a report of a fault should name.
    static var json: String {
        let members = [
            ("program", "slotd"), ("version", version),
            // Set by whoever builds, never null.
            ("revision", String(cString: slotd_revision())),
            ("swift", swiftVersion), ("sqlite", Storage.libraryVersion),
            ("nghttp2", Server.libraryVersion),
        ]
        return "{" + members.map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",") + "}"
    }

    /// What the operator should know of the libraries that the system brings.
    static var warnings: [String] {
        var warnings: [String] = []
        if !Server.isLibrarySupported {
            warnings.append(
                "nghttp2 \(Server.libraryVersion) lacks limits against hostile clients that 1.52 "
                    + "has: update it before others than trusted programs can connect")
        }
        if !Storage.isLibrarySafeForMany {
            warnings.append(
                "SQLite \(Storage.libraryVersion) can corrupt a file that two connections "
                    + "checkpoint; slotd has one for each file, so open no file of a data "
                    + "directory that is in use with another tool")
        }
        return warnings
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
