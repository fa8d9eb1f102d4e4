internal import ArgumentParser
internal import CStandardStreams

/// The daemon's command line.
@main
struct Slotd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slotd",
        abstract: "The scheduling daemon: finds slots, books them, attaches them to procedures.",
        discussion: """
            Exit codes: 0 stopped as asked, 7 verify found something, 64 wrong usage, 70 the disk \
            failed or the data is broken, 78 it cannot start as configured (address, data \
            directory, another daemon).
            """,
        version: BuildInformation.summary,
        subcommands: [Serve.self, Verify.self],
        defaultSubcommand: Serve.self)

    static func main() async {
        slotd_occupy_closed_streams()
        let arguments = Array(CommandLine.arguments.dropFirst())
        if isVersionAsJSON(arguments) {
            StandardStream.out(BuildInformation.json + "\n")
            return
        }
        await main(separated(arguments))
    }

    /// `--version -o json`, in either order: the parser's own flag knows no formats.
    private static func isVersionAsJSON(_ arguments: [String]) -> Bool {
        let formats: [[String]] = [["-o", "json"], ["--output", "json"], ["--output=json"]]
        return formats.contains {
            arguments == ["--version"] + $0 || arguments == $0 + ["--version"]
        }
    }

    /// `--test-clock=TIME` as two words. For an option that may stand without a value the parser
    /// forgets what is joined to it when another option follows, and the clock would begin now.
    private static func separated(_ arguments: [String]) -> [String] {
        let joined = "--test-clock="
        return arguments.flatMap { word in
            word.hasPrefix(joined)
                ? [String(joined.dropLast()), String(word.dropFirst(joined.count))] : [word]
        }
    }
}
