internal import Synchronization

/// The time zones of a directory of TZif files, by IANA name, each read once.
///
/// This and `ZoneFile` are all that the room imports (`Synchronization` for the lock, Glibc for
/// `open` and `read`). The reading stands here, and not at the roof, because a name is a path that
/// a client may choose: the rule that keeps it inside the directory belongs next to the open that
/// it protects. Everything else in the room takes bytes and instants.
///
/// A zone stays as it was first read until the process ends, so that one process answers by one
/// version of it; an update of the system's tzdata takes effect at the next start.
///
/// Safe to share between threads. A lookup takes a lock and hashes the name: resolve a location's
/// zone when the location is loaded or changed, and keep the value. The cache holds at most one
/// entry for each file of the directory; names that are not found are not remembered.
public final class TimeZoneDatabase: Sendable {
    /// Where Linux distributions install tzdata.
    public static let systemDirectory = "/usr/share/zoneinfo"

    private let directory: String
    private let zones = Mutex<[String: TimeZoneRules]>([:])

    /// Opens nothing yet; a directory that is not there shows itself as `notFound` at the first
    /// zone.
    public init(directory: String = TimeZoneDatabase.systemDirectory) {
        self.directory = directory
    }

    /// The rules of one zone. The first call for a name reads a file.
    public func zone(_ name: String) throws(TimeZoneError) -> TimeZoneRules {
        if let known = zones.withLock({ $0[name] }) { return known }
        guard TimeZoneDatabase.isName(name) else { throw .invalidName(name) }
        let rules = try read(name)
        zones.withLock { $0[name] = rules }
        return rules
    }

    private func read(_ name: String) throws(TimeZoneError) -> TimeZoneRules {
        let bytes: [UInt8]
        do {
            bytes = try ZoneFile.read(directory + "/" + name)
        } catch {
            switch error {
            case .absent: throw .notFound(name)
            case .failed(let code): throw .unreadable(name, errno: code)
            }
        }
        do {
            return try TimeZoneRules(tzif: bytes, name: name)
        } catch {
            throw .malformed(name, error)
        }
    }

    /// Whether a text has the shape of an IANA name: parts of letters, digits, `+`, `-` and `_`
    /// between single slashes, at most 64 bytes in all, beginning with a letter. No dot can occur,
    /// so that no name leads out of the directory.
    static func isName(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= 64, isLetter(first), bytes.last != slash
        else {
            return false
        }
        var previous = first
        for byte in bytes {
            let digitOrSign =
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "+")
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            guard isLetter(byte) || digitOrSign || (byte == slash && previous != slash) else {
                return false
            }
            previous = byte
        }
        return true
    }

    private static let slash = UInt8(ascii: "/")

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}

/// Why a zone could not be had.
public enum TimeZoneError: Error, Hashable, Sendable {
    /// The name has not the shape of an IANA name.
    case invalidName(String)
    /// The directory has no such zone.
    case notFound(String)
    /// The file is there and cannot be read; with the system's error number.
    case unreadable(String, errno: Int32)
    /// The file is not one of a time zone, or too large to be one.
    case malformed(String, TZifError)
}
