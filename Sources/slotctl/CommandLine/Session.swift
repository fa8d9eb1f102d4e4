internal import Foundation
internal import GRPCWire

/// All that a command needs to run: where to call, how to write, whom to ask, what time it is.
struct Session: Sendable {
    let settings: Settings
    let terminal: Terminal
    let api: APIClient
    let output: Output
    let prompter: Prompter
    let now: Moment
    /// Says what happens, on stderr, with `-v`.
    let isVerbose: Bool

    init(
        settings: Settings, terminal: Terminal, transport: Transport, output: Output,
        prompter: Prompter, now: Moment, isVerbose: Bool = false
    ) {
        var metadata = Metadata()
        if !settings.organization.isEmpty {
            metadata.append("x-slotd-organization", settings.organization)
        }
        if !settings.actor.isEmpty { metadata.append("x-slotd-actor", settings.actor) }
        if !settings.role.isEmpty { metadata.append("x-slotd-role", settings.role) }
        self.settings = settings
        self.terminal = terminal
        self.output = output
        self.prompter = prompter
        self.now = now
        self.isVerbose = isVerbose
        api = APIClient(transport: transport, metadata: metadata, timeout: settings.timeout)
    }

    /// Says something with `-v`.
    func trace(_ text: String) {
        if isVerbose { output.note(text) }
    }

    /// Reads and writes local times of a zone.
    func times(in zone: Zone) -> TimeExpression { TimeExpression(zone: zone, now: now) }
}

extension Session {
    /// The session of a real command line.
    static func open(_ options: GlobalOptions) throws(CommandFailure) -> Session {
        let environment = ProcessInfo.processInfo.environment
        let file = try ContextFile.read(ContextFile.path(environment: environment))
        let settings = try Settings(flags: options.flags, environment: environment, file: file)
        let terminal = Terminal.current(color: options.color.isWanted, environment: environment)
        let output = Output.standard(settings: settings, options: options, terminal: terminal)
        var transport = Transport.connection(to: settings.server)
        if options.verbose { transport = transport.traced(by: output.writeNote) }
        return Session(
            settings: settings, terminal: terminal, transport: transport, output: output,
            prompter: .standard(terminal: terminal),
            now: Moment(seconds: Int64(Date().timeIntervalSince1970.rounded(.down))),
            isVerbose: options.verbose)
    }
}

extension Output {
    /// Writes to this process's own streams.
    static func standard(
        settings: Settings, options: GlobalOptions, terminal: Terminal
    ) -> Output {
        let format = settings.output ?? (terminal.isOutputTerminal ? .table : .tsv)
        return Output(
            format: format,
            hasHeader: options.header,
            columns: terminal.columns,
            paint: terminal.outputPaint,
            writeLine: { line in
                let text = format.isForPeople ? terminal.shown(line) : line
                StandardStream.output.write(text + "\n")
            },
            writeNote: { StandardStream.error.write(terminal.shown($0) + "\n") })
    }
}
