internal import ArgumentParser
internal import Foundation
internal import SlotdAPI
internal import Synchronization

/// What the shell offers for a name: the names that the daemon knows, asked when Tab is pressed.
///
/// Whoever presses Tab waits, so the daemon gets 300 milliseconds in all; and a line that is being
/// typed is no place for errors, so whatever goes wrong offers nothing.
struct NameCompletion {
    /// How long the daemon may take.
    static let timeout = Duration.milliseconds(300)
    /// Names that are looked at, of patients; catalogs are short.
    static let patientsMax = 200

    let session: Session
    /// What has been typed of the name, without the shell's quotes.
    let typed: String

    /// A session as the words of the command line ask for it; nil when they cannot be understood.
    init?(words: [String], typed: String, environment: [String: String]) {
        var flags = Settings.Flags()
        flags.server = Self.value(of: "--server", in: words)
        flags.organization = Self.value(of: "--org", in: words)
        flags.context = Self.value(of: "--context", in: words)
        let path = ContextFile.path(environment: environment)
        guard let file = try? ContextFile.read(path),
            var settings = try? Settings(flags: flags, environment: environment, file: file)
        else { return nil }
        settings.timeout = Self.timeout
        self.typed = Self.unquoted(typed)
        session = Session(
            settings: settings, terminal: Terminal(),
            transport: .connection(to: settings.server),
            output: Output(format: .tsv, writeLine: { _ in }, writeNote: { _ in }),
            prompter: Prompter(readLine: { nil }, write: { _ in }), now: Moment(seconds: 0))
    }

    /// For tests: with a session of theirs.
    init(session: Session, typed: String) {
        self.session = session
        self.typed = typed
    }

    /// The names of a kind of record, in their order; none when the daemon does not answer in time.
    func names(_ kind: RecordName.Kind) async -> [String] {
        let found: [String]?
        switch kind {
        case .location: found = try? await session.locations().map(\.name)
        case .provider: found = try? await session.providers().map(\.name)
        case .service: found = try? await session.services().map(\.name)
        case .resource: found = try? await session.resources().map(\.name)
        case .procedureType: found = try? await session.procedureTypes().map(\.name)
        case .patient:
            let word = typed.split(separator: " ").first.map(String.init) ?? ""
            found = try? await session.patients(prefix: word, limit: Self.patientsMax)
                .records.map(\.name)
        case .organization:
            found = try? await session.organizations().map {
                $0.externalRef.isEmpty ? $0.id : $0.externalRef
            }
        case .booking, .procedure, .hold, .waitlist: found = nil
        }
        await session.api.transport.close()
        // A name with a line end or another control character would become two, or worse.
        return (found ?? []).filter { $0 == plainText($0) && !$0.isEmpty }.sorted()
    }

    /// The value of an option on a line that is being typed.
    static func value(of option: String, in words: [String]) -> String? {
        for (index, word) in words.enumerated() {
            if word == option, index + 1 < words.count { return unquoted(words[index + 1]) }
            if word.hasPrefix(option + "=") {
                return unquoted(String(word.dropFirst(option.count + 1)))
            }
        }
        return nil
    }

    /// A word as the shell would hand it over: the parser passes quotes and backslashes on.
    static func unquoted(_ word: String) -> String {
        var text = ""
        var isEscaped = false
        for letter in word {
            if isEscaped {
                text.append(letter)
                isEscaped = false
            } else if letter == "\\" {
                isEscaped = true
            } else if letter != "\"", letter != "'" {
                text.append(letter)
            }
        }
        return text
    }
}

extension CompletionKind {
    static var locations: CompletionKind { names(of: .location) }
    static var providers: CompletionKind { names(of: .provider) }
    static var services: CompletionKind { names(of: .service) }
    static var resources: CompletionKind { names(of: .resource) }
    static var procedureTypes: CompletionKind { names(of: .procedureType) }
    static var patients: CompletionKind { names(of: .patient) }
    static var organizations: CompletionKind { names(of: .organization) }

    /// The contexts of the configuration file.
    static var contexts: CompletionKind { .custom(contextNames) }

    @Sendable private static func contextNames(
        _ words: [String], _ index: Int, _ typed: String
    ) -> [String] {
        let path = ContextFile.path(environment: ProcessInfo.processInfo.environment)
        return ((try? ContextFile.read(path))?.contexts.keys.sorted()) ?? []
    }

    /// Blocks its thread, which `Invocation` makes for it: the parser takes an asynchronous
    /// completion only where every command is parsed asynchronously.
    private static func names(of kind: RecordName.Kind) -> CompletionKind {
        let complete: @Sendable ([String], Int, String) -> [String] = { words, _, typed in
            let environment = ProcessInfo.processInfo.environment
            guard
                let completion = NameCompletion(
                    words: words, typed: typed, environment: environment)
            else { return [] }
            let found = Mutex<[String]>([])
            let isDone = DispatchSemaphore(value: 0)
            Task.detached {
                let names = await completion.names(kind)
                found.withLock { $0 = names }
                isDone.signal()
            }
            // Several pages may take the daemon's time several times.
            _ = isDone.wait(timeout: .now() + .milliseconds(400))
            return found.withLock { $0 }
        }
        return .custom(complete)
    }
}
