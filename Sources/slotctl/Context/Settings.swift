internal import GRPCWire
internal import RPC

/// What a command runs with: each setting from the first place that has it of the command line, the
/// environment, the context, and the default.
struct Settings: Equatable, Sendable {
    var server: SocketTarget
    /// Empty: the daemon's `default`.
    var organization: String
    /// Empty: the daemon writes `anonymous`.
    var actor: String
    /// Empty: the daemon's `staff`.
    var role: String
    /// Nil: no limit.
    var timeout: Duration?
    /// Nil: by whether stdout is a terminal.
    var output: OutputFormat?
    var location: String?

    /// Settings given on the command line; nil where there was none.
    struct Flags: Equatable {
        var server: String?
        var organization: String?
        var actor: String?
        var role: String?
        var timeout: String?
        var output: OutputFormat?
        var context: String?
    }

    init(flags: Flags, environment: [String: String], file: ContextFile) throws(CommandFailure) {
        func given(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        let contextName = flags.context ?? given("SLOTD_CONTEXT") ?? file.current
        var context = Context()
        if let contextName {
            guard let found = file.contexts[contextName] else {
                throw .usage("there is no context “\(contextName)”: see `slotctl context list`")
            }
            context = found
        }
        server = try ServerAddress.parse(
            flags.server ?? given("SLOTD_SERVER") ?? context.server ?? ServerAddress.fallback)
        organization = flags.organization ?? given("SLOTD_ORG") ?? context.organization ?? ""
        actor = flags.actor ?? given("SLOTD_ACTOR") ?? context.actor ?? given("USER") ?? ""
        role = flags.role ?? given("SLOTD_ROLE") ?? ""
        guard ["", "patient", "staff", "manager"].contains(role) else {
            throw .usage("“\(role)” is no role: patient, staff or manager")
        }
        location = given("SLOTD_LOCATION") ?? context.location
        timeout = try Self.duration(
            flags.timeout ?? given("SLOTD_TIMEOUT") ?? context.timeout ?? "10s")
        output = flags.output
        if output == nil, let name = given("SLOTD_OUTPUT") ?? context.output {
            guard let format = OutputFormat(rawValue: name) else {
                throw .usage("“\(name)” is no output format")
            }
            output = format
        }
        guard actor.unicodeScalars.count <= 64 else {
            throw .usage("--actor takes at most 64 characters")
        }
        try Self.requireSendable(organization, "--org", "SLOTD_ORG")
        try Self.requireSendable(actor, "--actor", "SLOTD_ACTOR")
    }

    /// Both go as metadata, which holds printable ASCII alone. What cannot be sent must stop the
    /// command: left out, it would act on `default`, or in nobody's name.
    private static func requireSendable(
        _ value: String, _ flag: String, _ variable: String
    ) throws(CommandFailure) {
        guard Metadata.isSendable(value) else {
            throw .usage(
                "\(flag) (\(variable)) takes printable ASCII without spaces at its ends, not "
                    + "“\(value)”")
        }
    }

    /// `500ms`, `10s`, `2m`, or plain seconds; `none`: no limit. Never 0: no call could be made.
    static func duration(_ text: String) throws(CommandFailure) -> Duration? {
        if text == "none" { return nil }
        let number = text.prefix { $0.isNumber }
        if let amount = digits(number) {
            guard amount > 0 else {
                throw .usage("a timeout of “\(text)” leaves no time: write 500ms, 10s, 2m or none")
            }
            switch text.dropFirst(number.count) {
            case "ms": return .milliseconds(amount)
            case "s", "": return .seconds(amount)
            case "m": return .seconds(amount * 60)
            default: break
            }
        }
        throw .usage("“\(text)” is no duration: write 500ms, 10s or 2m")
    }
}
