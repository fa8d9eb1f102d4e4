internal import Foundation

/// The commands that housekeeping sends, and the one that gives back what may be gone already:
/// nothing speaks against them.
public let commandsNeverRefused: Set<String> = [
    "ExpireHolds", "SweepHolds", "SweepNoShows", "SweepWaitlist", "ReleaseHold",
]

/// The names of the core's commands, as its sources have them. Throws when these cannot be read.
public func commandNames() throws -> Set<String> {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let folder = root.appending(path: "Sources/Scheduling/Commands").resolvingSymlinksInPath()
    var names: Set<String> = []
    for file in try FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: nil)
    {
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        where line.hasPrefix("public struct ") && line.hasSuffix(": Command {") {
            let name = line.dropFirst("public struct ".count)
            names.insert(String(name.prefix { $0 != ":" && $0 != "<" }))
        }
    }
    precondition(names.count > 40, "the sources are read as they are written")
    return names
}
