import Testing

struct ImportTableTests {
    @Test("no file imports what its floor may not")
    func arrows() throws {
        let files = try SourceTree.files(below: "Sources")
        #expect(files.count > 20)
        for file in files {
            for violation in ImportTable.violations(in: file) {
                Issue.record(Comment(rawValue: violation))
            }
        }
    }

    @Test("every target has a row, and every row a target")
    func rows() throws {
        #expect(try SourceTree.targets(below: "Sources") == ImportTable.rows.keys.sorted())
    }

    @Test("every exception names a file that still needs it")
    func exceptions() throws {
        let files = try SourceTree.files(below: "Sources")
        for (path, modules) in ImportTable.exceptions {
            let imported = files.first { $0.path == path }?.lines.compactMap(ImportLine.init)
            #expect(modules.isSubset(of: Set((imported ?? []).map(\.module))), "\(path)")
        }
    }

    @Test(
        "the check sees a forbidden import, however it is written",
        arguments: [
            "internal import Foundation", "import Intervals", "  public import CNghttp2",
            "@preconcurrency internal import NIOCore", "internal import struct NIOCore.ByteBuffer",
            "private import Scheduling.Availability", "internal import Glibc // for time()",
            "internal import Foundation;", "\tinternal import Foundation",
        ])
    func forbidden(line: String) {
        let file = SourceFile(path: "Sources/GRPCWire/Frame.swift", lines: ["// A frame.", line])
        #expect(!ImportTable.violations(in: file).isEmpty)
    }

    @Test("the check wants an access level, but not of generated code")
    func accessLevels() {
        let bare = ["import SwiftProtobuf"]
        let hand = SourceFile(path: "Sources/SlotdAPI/Method.swift", lines: bare)
        let generated = SourceFile(path: "Sources/SlotdAPI/Generated/a.pb.swift", lines: bare)
        #expect(
            ImportTable.violations(in: hand)
                == [
                    "Sources/SlotdAPI/Method.swift: the import of SwiftProtobuf has no access level"
                ])
        #expect(ImportTable.violations(in: generated).isEmpty)
    }

    @Test("an exception holds for its file alone, and a target without a row for none")
    func narrowness() {
        let line = ["internal import Glibc"]
        let reader = SourceFile(path: "Sources/Intervals/Zones/ZoneFile.swift", lines: line)
        let other = SourceFile(path: "Sources/Intervals/Instants/Minute.swift", lines: line)
        let shed = SourceFile(path: "Sources/Shed/Rake.swift", lines: [])
        #expect(ImportTable.violations(in: reader).isEmpty)
        #expect(!ImportTable.violations(in: other).isEmpty)
        #expect(
            ImportTable.violations(in: shed) == ["Sources/Shed/Rake.swift: its target has no row"])
    }

    @Test("words and comments about imports are no imports")
    func lookalikes() {
        for line in [
            "// import Foundation", "/// Only `import Glibc`.", "let import = 1",
            "importer.start()",
            "case import(Source)", "    \"import\"",
        ] {
            #expect(ImportLine(line) == nil, "\(line)")
        }
    }
}
