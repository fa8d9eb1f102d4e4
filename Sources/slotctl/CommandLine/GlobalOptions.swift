internal import ArgumentParser

/// Whether color is wanted, in the words of other tools.
enum ColorWish: String, CaseIterable, ExpressibleByArgument {
    case auto, always, never

    /// True or false where it was said; nil: by the terminal and the environment.
    var isWanted: Bool? {
        switch self {
        case .auto: nil
        case .always: true
        case .never: false
        }
    }
}

/// What every command takes, before or after its own words.
struct GlobalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where slotd listens: HOST:PORT, [V6]:PORT or unix:PATH (SLOTD_SERVER; default "
                + "\(ServerAddress.fallback)).",
            valueName: "address"))
    var server: String?

    @Option(
        help: ArgumentHelp(
            "The organization, by id or external reference (SLOTD_ORG; default “default”).",
            valueName: "name"), completion: .organizations)
    var org: String?

    @Option(
        help: ArgumentHelp(
            "Who acts, for the audit trail (SLOTD_ACTOR; default: the login name).",
            valueName: "name"))
    var actor: String?

    @Option(
        help: ArgumentHelp(
            "In which role: patient, staff or manager; decides which rules may be broken "
                + "(SLOTD_ROLE; default staff).",
            valueName: "role"),
        completion: .list(["patient", "staff", "manager"]))
    var role: String?

    @Option(
        help: ArgumentHelp(
            "How long a call may take: 500ms, 10s, 2m, none (SLOTD_TIMEOUT; default 10s).",
            valueName: "time"))
    var timeout: String?

    @Option(
        help: ArgumentHelp(
            "A named set of settings (SLOTD_CONTEXT; default: the one in use).",
            valueName: "name"), completion: .contexts)
    var context: String?

    @Option(
        name: .shortAndLong,
        help: "The format of data (SLOTD_OUTPUT; default: table on a terminal, else tsv).")
    var output: OutputFormat?

    @Flag(help: "Write a heading above TSV too.")
    var header = false

    @Option(
        help: "Color: on a terminal, as NO_COLOR and FORCE_COLOR say (auto), or as said here.")
    var color = ColorWish.auto

    @Flag(name: .shortAndLong, help: "Tell on stderr what is sent and how long it takes.")
    var verbose = false

    /// As settings know them.
    var flags: Settings.Flags {
        Settings.Flags(
            server: server, organization: org, actor: actor, role: role, timeout: timeout,
            output: output,
            context: context)
    }
}
