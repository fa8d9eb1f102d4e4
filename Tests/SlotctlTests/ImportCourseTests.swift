internal import Foundation
internal import GRPCWire
internal import SlotdAPI
internal import SwiftProtobuf
internal import Synchronization
internal import Testing

@testable internal import slotctl

/// Imports that do not go to their end in one run.
struct ImportCourseTests {
    /// A daemon at the other end of a stream, which answers in order and may end the call.
    private final class Peer: Sendable {
        private struct State {
            var waiting: [Slotd_V1_ImportRequest] = []
            var taken: [String] = []
            var isOver = false
        }
        private let state = Mutex(State())
        /// Answers, and then the call breaks; nil: to the end.
        let answersMax: Int?
        let refused: Set<String>

        init(answersMax: Int? = nil, refused: Set<String> = []) {
            self.answersMax = answersMax
            self.refused = refused
        }

        /// The references of what was taken.
        var taken: [String] { state.withLock { $0.taken } }

        var stream: MessageStream {
            MessageStream(
                send: { bytes throws(Status) in
                    let request = try! Slotd_V1_ImportRequest(serializedBytes: bytes)
                    let isOver = self.state.withLock { state in
                        if !state.isOver { state.waiting.append(request) }
                        // The daemon decides ahead of what is read here.
                        state.isOver = state.isOver || self.ends(request)
                        return state.isOver && !self.ends(request)
                    }
                    if isOver { throw Status(.cancelled, "the call has ended") }
                },
                halfClose: {},
                next: { () throws(Status) -> [UInt8]? in try self.answer() })
        }

        private func ends(_ request: Slotd_V1_ImportRequest) -> Bool {
            request.stopIfRefused && refused.contains(request.patient.externalRef)
        }

        private func answer() throws(Status) -> [UInt8]? {
            let request = state.withLock { state in
                let isBroken = state.taken.count == answersMax
                return isBroken || state.waiting.isEmpty ? nil : state.waiting.removeFirst()
            }
            guard let request else {
                if answersMax != nil { throw Status(.unavailable, "gone") }
                return nil
            }
            let name = request.patient.externalRef
            let isRefused = refused.contains(name)
            if !isRefused { state.withLock { $0.taken.append(name) } }
            return try! Slotd_V1_ImportResponse.with {
                $0.sequence = request.sequence
                $0.outcome = isRefused ? .refused : .created
                $0.reason = isRefused ? .invalidValue : .unspecified
                $0.field = isRefused ? "patient.name" : ""
            }.serializedBytes()
        }
    }

    private func items(_ count: Int, named prefix: String = "p") -> ImportItems {
        ImportItems(
            (0..<count).map { number in
                ImportItem(
                    kind: .patient,
                    record: .patient(.with { $0.externalRef = "\(prefix)\(number)" }),
                    source: SourceLine(line: number + 2))
            })
    }

    private func run(
        _ peer: Peer, _ items: ImportItems, bookmark: String? = nil, organization: String = "org",
        stops: Bool = false
    ) async throws -> (run: ImportRun, tally: ImportTally) {
        let progress = Progress("", total: items.count, terminal: Terminal()) { _ in }
        var run = ImportRun(
            session: try FakeDaemon().session(opening: peer.stream), items: items,
            progress: progress)
        run.stopsAtRefusal = stops
        run.columnOfField = { PatientSheet.columnName(ofPath: $0) }
        if let bookmark {
            run.bookmark = try ImportBookmark(path: bookmark, organization: organization)
        }
        let tally = try await run.run()
        return (run, tally)
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("slotctl-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test(
        "an import goes on after the answers that came, wherever it broke",
        arguments: [
            0, 1, 255, 1023, 1024, 1025, 2999, 3000,
        ])
    func bookmark(answers: Int) async throws {
        try await withFolder { folder in
            let place = folder + "/place"
            let broken = Peer(answersMax: answers)
            if answers < 3000 {
                await #expect(throws: CommandFailure.self) {
                    try await run(broken, items(3000), bookmark: place)
                }
            }
            let rest = Peer()
            let tally = try await run(rest, items(3000), bookmark: place).tally
            #expect(broken.taken + rest.taken == (0..<3000).map { "p\($0)" })
            #expect(tally[.patient].created == 3000 - (answers < 3000 ? answers : 0))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }

    @Test("a place is of one import: other records before it, or another organization, are refused")
    func strangers() async throws {
        try await withFolder { folder in
            let place = folder + "/place"
            await #expect(throws: CommandFailure.self) {
                try await run(Peer(answersMax: 10), items(20), bookmark: place)
            }
            for (count, prefix, organization) in [
                (20, "q", "org"), (9, "p", "org"), (20, "p", "another"),
            ] {
                let peer = Peer()
                await #expect(throws: CommandFailure.self) {
                    try await run(
                        peer, items(count, named: prefix), bookmark: place,
                        organization: organization)
                }
                #expect(peer.taken.isEmpty)
            }
            // What comes after the place may be others.
            let tally = try await run(Peer(), items(15), bookmark: place).tally
            #expect(tally[.patient].created == 5)
        }
    }

    @Test("a call that ends at a refused record says which it was, however much was sent behind it")
    func stops() async throws {
        let peer = Peer(refused: ["p100"])
        let (run, tally) = try await run(peer, items(1000), stops: true)
        #expect(run.stop?.line.hasPrefix("line 102, column name: ") == true)
        #expect(tally[.patient] == .init(created: 100, refused: 1))
        #expect(peer.taken.count == 100)
    }
}
