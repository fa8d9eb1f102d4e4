import Foundation
import Testing

/// One Swift file of the house, as text.
struct SourceFile {
    /// From the package's root, such as `Sources/Intervals/Instants/Minute.swift`.
    let path: String
    let lines: [String]

    /// The folder below `Sources` or `Tests`.
    var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    /// Written by a program: the import table holds for it, the style rules do not.
    var isGenerated: Bool { path.hasSuffix(".pb.swift") || path.contains("/Generated/") }
}

/// The house, read from the place where this file lies.
enum SourceTree {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The folders directly below one of the root's.
    static func targets(below folder: String) throws -> [String] {
        try FileManager.default
            .contentsOfDirectory(
                at: root.appending(path: folder).resolvingSymlinksInPath(),
                includingPropertiesForKeys: [.isDirectoryKey],
                options: .skipsHiddenFiles
            )
            .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
            .map(\.lastPathComponent).sorted()
    }

    /// Every Swift file below one of the root's folders, in the order of paths.
    static func files(below folder: String) throws -> [SourceFile] {
        let base = root.appending(path: folder).resolvingSymlinksInPath()
        let walk = try #require(
            FileManager.default.enumerator(atPath: base.path(percentEncoded: false)))
        return try walk.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted()
            .map { path in
                let text = try String(contentsOf: base.appending(path: path), encoding: .utf8)
                return SourceFile(
                    path: folder + "/" + path, lines: text.components(separatedBy: "\n"))
            }
    }
}
