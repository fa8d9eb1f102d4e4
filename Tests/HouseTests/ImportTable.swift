/// The house table of architecture.md: what each target may import. Arrows only point down.
///
/// Package.swift holds the same arrows for the linker. It cannot see an import of a module that
/// some other target happens to bring along, nor one of the system's, so the sources are read too.
/// Change both in one commit, and say why.
enum ImportTable {
    /// What asks the operating system. Barred from the ground and the first floor: what decides
    /// must not read a clock, and what parses must not touch a file.
    private static let system: Set<String> = ["Glibc", "Synchronization"]

    /// A row for every folder of Sources.
    static let rows: [String: Set<String>] = [
        // Ground floor.
        "CNghttp2": [],
        "CSQLite": [],
        "CZlib": [],
        "CRevision": [],
        "CStandardStreams": [],
        "Intervals": [],
        "GRPCWire": [],
        "WireFormat": [],
        // First floor.
        "Scheduling": ["Intervals"],
        "HTTP2": ["CNghttp2"],
        "SQLite": ["CSQLite"],
        "Gzip": ["CZlib"],
        "SlotdAPI": ["SwiftProtobuf"],
        // Second floor.
        "Engine": system.union(["Scheduling", "Intervals", "NIOConcurrencyHelpers"]),
        "Workload": ["Scheduling", "Intervals"],
        // Third floor.
        "Storage": system.union([
            "Engine", "Scheduling", "Intervals", "SQLite", "WireFormat", "SwiftProtobuf", "Crypto",
        ]),
        "RPC": system.union([
            "HTTP2", "GRPCWire", "Gzip", "NIOCore", "NIOPosix", "NIOConcurrencyHelpers",
            "SwiftProtobuf", "Logging",
        ]),
        "Services": [
            "Engine", "Scheduling", "Intervals", "SlotdAPI", "GRPCWire", "WireFormat",
            "SwiftProtobuf",
        ],
        // The roof.
        "slotd": system.union([
            "Engine", "Scheduling", "Intervals", "Storage", "RPC", "Services", "SlotdAPI",
            "GRPCWire", "NIOCore", "NIOPosix", "NIOConcurrencyHelpers", "ArgumentParser",
            "Logging", "Foundation", "CRevision", "CStandardStreams",
        ]),
        "slotctl": system.union([
            "RPC", "GRPCWire", "SlotdAPI", "Gzip", "Intervals", "Scheduling", "Workload",
            "SwiftProtobuf", "ArgumentParser", "Yams", "Foundation", "CRevision",
            "CStandardStreams",
        ]),
    ]

    /// Single files that may import more than their target. The list may only shrink.
    static let exceptions: [String: Set<String>] = [
        // Argued in TimeZoneDatabase's doc comment.
        "Sources/Intervals/Zones/TimeZoneDatabase.swift": ["Synchronization"],
        "Sources/Intervals/Zones/ZoneFile.swift": ["Glibc"],
        // Argued in the file.
        "Sources/SlotdAPI/PayloadBytes.swift": ["FoundationEssentials"],
    ]

    /// What protoc's output imports besides; it states no access level of ours.
    private static let generated: Set<String> = ["Foundation", "FoundationEssentials"]

    /// A sentence for each import of a file that breaks the table.
    static func violations(in file: SourceFile) -> [String] {
        guard let row = rows[file.target] else { return ["\(file.path): its target has no row"] }
        var allowed = row.union(exceptions[file.path] ?? [])
        if file.isGenerated { allowed.formUnion(generated) }
        return file.lines.compactMap(ImportLine.init).flatMap { line in
            var sentences: [String] = []
            if !allowed.contains(line.module) {
                sentences.append("\(file.path): must not import \(line.module)")
            }
            if !line.hasAccessLevel && !file.isGenerated {
                sentences.append("\(file.path): the import of \(line.module) has no access level")
            }
            return sentences
        }
    }
}

/// A line that imports a module.
struct ImportLine {
    let module: String
    let hasAccessLevel: Bool

    private static let levels: Set<Substring> = [
        "public", "package", "internal", "fileprivate", "private",
    ]
    private static let kinds: Set<Substring> = [
        "typealias", "struct", "class", "enum", "protocol", "let", "var", "func",
    ]

    /// Nil for any other line.
    init?(_ line: String) {
        let words = line.split { $0 == " " || $0 == "\t" || $0 == ";" }
        guard let keyword = words.firstIndex(of: "import") else { return nil }
        let before = words[..<keyword]
        guard before.allSatisfy({ $0.hasPrefix("@") || ImportLine.levels.contains($0) }) else {
            return nil
        }
        var after = words[(keyword + 1)...]
        if let first = after.first, ImportLine.kinds.contains(first) { after = after.dropFirst() }
        guard let path = after.first, let module = path.split(separator: ".").first else {
            return nil
        }
        self.module = String(module)
        hasAccessLevel = before.contains { ImportLine.levels.contains($0) }
    }
}
