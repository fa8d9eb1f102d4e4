internal import ArgumentParser
internal import Engine
internal import Foundation
internal import Glibc
internal import Storage

/// `slotd verify`: checks a data directory that no daemon has open.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a data directory while no daemon runs on it.",
        discussion: """
            Audits the tables for overlapping bookings, the journal for gaps and its hash chains, \
            and each record against the journal. Prints a line for each finding; exits with 7 when \
            there is one.

            Whoever can write to the directory can make its files agree with one another, but not \
            with an anchor that was kept elsewhere: a line `slotd-anchor 1 ORGANIZATION REVISION \
            LINK`, as slotctl audit anchor prints it.

            EXAMPLES
              slotd verify --data-dir /var/lib/slotd
              slotd verify --data-dir /var/lib/slotd --anchor /mnt/elsewhere/anchors
            """)

    @Option(help: "Directory of the data.")
    var dataDir: String

    @Option(
        name: .customLong("anchor"),
        help: ArgumentHelp(
            "An anchor, or a file of anchors, a line each. Repeatable.", valueName: "file|line"))
    var anchors: [String] = []

    func run() throws {
        let findings: [Finding]
        do {
            // Opening would make what is missing, and an empty directory is sound.
            guard access(dataDir + "/journal.db", F_OK) == 0 else {
                throw StartFailure.message("\(dataDir) holds no journal of slotd")
            }
            let anchors = try anchors.flatMap(Self.read)
            findings = try Storage.open(directory: dataDir).verify(
                now: Clock.now(), anchors: anchors)
        } catch {
            throw StartFailure.exit(error)
        }
        for finding in findings { print(finding) }
        guard findings.isEmpty else { throw ExitCode(7) }
        print("sound")
    }

    /// The anchors that an argument names. Empty lines and those that begin with # are passed over.
    private static func read(_ argument: String) throws -> [ChainAnchor] {
        if let anchor = ChainAnchor(argument) { return [anchor] }
        guard let text = try? String(contentsOfFile: argument, encoding: .utf8) else {
            throw StartFailure.message("--anchor \(argument): neither an anchor nor a file of them")
        }
        return try text.split(whereSeparator: \.isNewline)
            .filter { !$0.hasPrefix("#") && !$0.allSatisfy(\.isWhitespace) }
            .map { line in
                guard let anchor = ChainAnchor(line) else {
                    throw StartFailure.message("--anchor \(argument): “\(line)” is no anchor")
                }
                return anchor
            }
    }
}
