import Testing

struct StyleTests {
    @Test("files are short, tabs absent and names say what a thing does")
    func rules() throws {
        for folder in ["Sources", "Tests"] {
            let files = try SourceTree.files(below: folder)
            #expect(files.count > 20)
            for file in files {
                for violation in StyleRules.violations(in: file) {
                    Issue.record(Comment(rawValue: violation))
                }
            }
        }
    }

    @Test("every public declaration has a doc comment, but for a list that only shrinks")
    func documentation() throws {
        try hold(
            StyleRules.undocumented, in: ["Sources"], to: Exceptions.undocumented, "undocumented")
    }

    @Test("functions stop at sixty lines, but for a list that only shrinks")
    func functions() throws {
        try hold(
            StyleRules.overlong, in: ["Sources", "Tests"], to: Exceptions.overlong,
            "of a function too long")
    }

    @Test("a function is measured at its limit and one beyond, whatever it looks like")
    func overlong() {
        let heads: [[String]] = [
            ["    func pull() {"], ["    public init(teeth: Int) {"], ["    deinit {"],
            ["    private static func rake(", "        _ leaves: Int", "    ) throws -> Int {"],
            ["    subscript(index: Int) -> Int {"],
        ]
        for head in heads {
            for (body, isLong) in [(59 - head.count, false), (60 - head.count, true)] {
                let lines =
                    ["struct Rake {", "    let teeth = 3", ""] + head
                    + [String](repeating: "        let a = 1", count: body) + ["    }", "}"]
                let file = SourceFile(path: "Sources/Shed/Rake.swift", lines: lines)
                #expect(StyleRules.overlong(in: file) == (isLong ? [4] : []), "\(head)")
            }
        }
        let gaps = ["func a() {"] + [String](repeating: "", count: 59) + ["}"]
        #expect(StyleRules.overlong(in: SourceFile(path: "Sources/A/a.swift", lines: gaps)) == [1])
        let requirement =
            ["protocol A {", "    func a()", "    func b()"] + [String](repeating: "", count: 90)
            + ["}"]
        #expect(
            StyleRules.overlong(in: SourceFile(path: "Sources/A/a.swift", lines: requirement)) == []
        )
    }

    @Test("lines are no wider than the page, but for a list that only shrinks")
    func width() throws {
        try hold(StyleRules.wide, in: ["Sources", "Tests"], to: Exceptions.wide, "too wide")
    }

    /// Compares the lines that break a counted rule with the number that each file may have.
    private func hold(
        _ rule: (SourceFile) -> [Int], in folders: [String], to allowed: [String: Int],
        _ fault: String
    ) throws {
        var counts: [String: Int] = [:]
        for file in try folders.flatMap(SourceTree.files) {
            let lines = rule(file)
            counts[file.path] = lines.count
            let limit = allowed[file.path] ?? 0
            if lines.count > limit {
                Issue.record("\(file.path): \(lines.count) lines \(fault), not \(limit): \(lines)")
            }
        }
        for (path, limit) in allowed where (counts[path] ?? 0) < limit {
            Issue.record("\(path): only \(counts[path] ?? 0) lines \(fault); lower its number")
        }
    }

    private func violations(_ lines: [String]) -> [String] {
        StyleRules.violations(in: SourceFile(path: "Sources/Shed/Rake.swift", lines: lines))
    }

    @Test("each rule sees what it is for, at its limit and one beyond")
    func limits() {
        #expect(violations([String](repeating: "", count: 401)).isEmpty)
        #expect(violations([String](repeating: "a", count: 400)).isEmpty)
        #expect(violations([String](repeating: "a", count: 401)).count == 1)
        let widths = [100, 101].map { String(repeating: "a", count: $0) }
        let page = SourceFile(
            path: "Sources/Shed/Rake.swift", lines: widths + ["// https://" + widths[1]])
        #expect(StyleRules.wide(in: page) == [2])
        #expect(violations(["\tlet a = 1"]).count == 1)
        for line in [
            "public final class SlotManager {", "struct ZoneUtils: Sendable {",
            "    private enum RowHelper<Row> {", "typealias Impl = Int",
        ] {
            #expect(violations([line]).count == 1, "\(line)")
        }
        #expect(
            violations(["/// A struct Manager would be wrong here.", "let managers = 1"]).isEmpty)
        let generated = SourceFile(path: "Sources/A/Generated/a.pb.swift", lines: ["\t"])
        #expect(StyleRules.violations(in: generated).isEmpty)
        #expect(StyleRules.undocumented(in: generated).isEmpty)
    }

    @Test("a public declaration without a doc comment is seen in every form")
    func undocumented() {
        let bare = [
            "public struct Rake {", "    public var teeth: Int {", "    public init(teeth: Int) {",
            "    public private(set) var count = 0", "    @discardableResult public func pull() {",
            "    public static let longest = 3", "open class Shed {",
            "    open class func make() {",
            "    public subscript(index: Int) -> Int {", "public final class Cart: Sendable {",
            "    public mutating func push(_ other: Rake)", "public typealias Tool = Rake",
        ]
        for line in bare {
            for above in [[], ["// Not a doc comment."], ["/// Detached.", ""]] {
                let file = SourceFile(path: "Sources/Shed/Rake.swift", lines: above + [line])
                #expect(StyleRules.undocumented(in: file) == [above.count + 1], "\(line)")
            }
            for above in [["/// A rake."], ["/// A rake.", "    @inlinable"]] {
                let file = SourceFile(path: "Sources/Shed/Rake.swift", lines: above + [line])
                #expect(StyleRules.undocumented(in: file).isEmpty, "\(line)")
            }
        }
        let exempt = [
            "public import Intervals", "public extension Rake {", "struct Rake {",
            "// public let a",
            "    public var description: String {", "    public static func < (a: Rake, b: Rake)",
            "    internal let a = 1", "    case open",
        ]
        let file = SourceFile(path: "Sources/Shed/Rake.swift", lines: exempt)
        #expect(StyleRules.undocumented(in: file).isEmpty)
    }
}
