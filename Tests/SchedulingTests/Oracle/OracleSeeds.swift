import Foundation

/// Which worlds are tried: a few fixed ones in every run, as many as asked for at night
/// (Scripts/nightly.sh).
///
/// `SLOTD_ORACLE_QUESTIONS=1000000` goes on to new worlds until so many starts were booked, held
/// and explained (P7), and a hundredth of that many whole lists were compared for each of the other
/// properties. `SLOTD_ORACLE_SEED=1027` replays one world as it was tried.
enum OracleSeeds {
    /// What is counted as one question.
    enum Kind {
        /// A start that is booked, held, explained, and judged by the oracle.
        case starts
        /// A list of three days of which every minute is judged, or a world's whole state.
        case lists
    }

    /// The least number of starts that are tried; 0: the fixed worlds are enough.
    private static let wanted = number("SLOTD_ORACLE_QUESTIONS") ?? 0

    private static let only = number("SLOTD_ORACLE_SEED")

    /// Worlds below are tried in every run, those from here on at night, and harder.
    private static let firstOfNight: UInt64 = 100_000

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    /// Where the worlds of a property begin: one test case for each core's share of them, and those
    /// in which something was found once.
    static func seeds(_ first: UInt64, count: Int, found: [UInt64] = []) -> [UInt64] {
        // The whole of it: a replay is of one world, not of those besides in which something was.
        only.map { [UInt64($0)] } ?? ((0..<UInt64(count)).map { first + $0 } + found)
    }

    /// How often a world's request is tried. Follows from the seed alone, so that a replay tries
    /// what failed.
    static func tries(_ seed: UInt64) -> Int { seed < firstOfNight ? 8 : 150 }

    /// Tries a world, and at night further ones, until this case's share of the questions is asked;
    /// then says how many that were, for nightly.sh to add up.
    ///
    /// - Parameters:
    ///   - property: what is asked about.
    ///   - seed: the first world's; each further one lies 100,000 on.
    ///   - cases: among how many cases the questions are shared.
    ///   - ask: tries one world and returns how many questions that was.
    static func run(
        _ property: String, _ seed: UInt64, cases: Int, _ kind: Kind, _ ask: (UInt64) throws -> Int
    ) rethrows {
        var asked = try ask(seed)
        var worlds = 1
        var next = seed
        let isShare = only == nil && seed < firstOfNight && seed % 1000 < cases
        let share = kind == .starts ? wanted : wanted / 100
        while isShare, asked * cases < share {
            next += firstOfNight
            worlds += 1
            asked += try ask(next)
        }
        guard wanted > 0 else { return }
        print("oracle|\(property)|\(kind)|\(asked)|\(worlds)|\(seed) to \(next)")
    }
}
