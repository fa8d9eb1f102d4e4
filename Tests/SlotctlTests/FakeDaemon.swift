internal import GRPCWire
internal import SlotdAPI
internal import SwiftProtobuf
internal import Synchronization

@testable internal import slotctl

/// A daemon of prepared replies, and a record of what it was asked.
final class FakeDaemon: Sendable {
    private struct State {
        var handlers: [String: @Sendable ([UInt8]) throws -> [UInt8]] = [:]
        var calls: [String] = []
        var metadata: [Metadata] = []
        var lines: [String] = []
        var notes: [String] = []
        var answers: [String] = []
        var dialogue = ""
    }
    private let state = Mutex(State())

    /// Answers a method.
    func on<Request, Response>(
        _ method: Method<Request, Response>,
        _ handler: @escaping @Sendable (Request) throws -> Response
    ) {
        state.withLock {
            $0.handlers[method.path] = { bytes in
                try handler(try Request(serializedBytes: bytes)).serializedBytes()
            }
        }
    }

    /// What was called, by the last word of the path.
    var calls: [String] { state.withLock { $0.calls } }
    var metadata: [Metadata] { state.withLock { $0.metadata } }
    /// What went to stdout.
    var lines: [String] { state.withLock { $0.lines } }
    /// What went to stderr besides the dialogue.
    var notes: [String] { state.withLock { $0.notes } }
    /// What the dialogue said.
    var dialogue: String { state.withLock { $0.dialogue } }

    private func transport(_ stream: MessageStream?) -> Transport {
        Transport(
            unary: { path, message, metadata, _ throws(Status) in
                try self.answer(path, message, metadata)
            },
            open: { _, _, _ throws(Status) in
                guard let stream else { throw Status(.unimplemented) }
                return stream
            },
            close: {})
    }

    private func answer(
        _ path: String, _ message: [UInt8], _ metadata: Metadata
    ) throws(Status) -> [UInt8] {
        let handler = state.withLock {
            $0.calls.append(String(path.split(separator: "/").last ?? ""))
            $0.metadata.append(metadata)
            return $0.handlers[path]
        }
        guard let handler else {
            // Nobody has set a test clock.
            if path == Methods.AdminService.getClock.path { return [] }
            throw Status(.unimplemented, "no handler for \(path)")
        }
        do {
            return try handler(message)
        } catch {
            throw error as? Status ?? Status(.internal, "\(error)")
        }
    }

    /// A session with this daemon. With `answers` somebody is at the terminal and types them.
    func session(
        _ format: OutputFormat = .tsv, answers: [String]? = nil,
        now: Moment = rfc3339Moment("2026-11-24T13:00:00Z")!, location: String? = nil,
        opening stream: MessageStream? = nil, columns: Int = 120
    ) throws -> Session {
        state.withLock { $0.answers = answers ?? [] }
        var file = ContextFile()
        file.contexts["test"] = Context(location: location)
        file.current = "test"
        let settings = try Settings(
            flags: .init(organization: "aurora", actor: "ada"), environment: [:], file: file)
        let terminal = Terminal(
            isInputTerminal: answers != nil, isOutputTerminal: format == .table,
            isErrorTerminal: answers != nil, columns: columns)
        return Session(
            settings: settings, terminal: terminal, transport: transport(stream),
            output: Output(
                format: format, columns: format == .table ? columns : nil,
                writeLine: { line in self.state.withLock { $0.lines.append(line) } },
                writeNote: { line in self.state.withLock { $0.notes.append(line) } }),
            prompter: Prompter(
                readLine: {
                    self.state.withLock { $0.answers.isEmpty ? nil : $0.answers.removeFirst() }
                },
                write: { text in self.state.withLock { $0.dialogue += text } }),
            now: now)
    }
}

/// Ids for tests: the kind and a letter.
func testID(_ kind: RecordName.Kind, _ last: Character) -> String {
    kind.rawValue + "_" + String(repeating: "0", count: 25) + String(last)
}
