internal import ArgumentParser
internal import Glibc
internal import Storage

/// `slotd verify`: checks a data directory that no daemon has open.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a data directory while no daemon runs on it.",
        discussion: """
            Audits the tables for overlapping bookings, the journal for gaps, and each record \
            against the journal. Prints a line for each finding; exits with 7 when there is one.

            EXAMPLE
              slotd verify --data-dir /var/lib/slotd
            """)

    @Option(help: "Directory of the data.")
    var dataDir: String

    func run() throws {
        let findings: [Finding]
        do {
            // Opening would make what is missing, and an empty directory is sound.
            guard access(dataDir + "/journal.db", F_OK) == 0 else {
                throw StartFailure.message("\(dataDir) holds no journal of slotd")
            }
            findings = try Storage.open(directory: dataDir).verify(now: Clock.now())
        } catch {
            throw StartFailure.exit(error)
        }
        for finding in findings { print(finding) }
        guard findings.isEmpty else { throw ExitCode(7) }
        print("sound")
    }
}
