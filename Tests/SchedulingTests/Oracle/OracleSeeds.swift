import Foundation

/// Which worlds are tried: a few fixed ones in every run, as many as asked for at night.
///
/// `SLOTD_ORACLE_QUESTIONS=1000000` goes on to new worlds until so many questions were asked;
/// `SLOTD_ORACLE_SEED=1027` replays one world. A question is one start of one request, put both to
/// the core and to the oracle.
enum OracleSeeds {
    /// The least number of questions of each property; 0: the fixed worlds are enough.
    static let wanted = number("SLOTD_ORACLE_QUESTIONS") ?? 0

    private static let only = number("SLOTD_ORACLE_SEED")

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    /// Where the worlds of a property begin: one test case for each core's share of them.
    static func seeds(_ first: UInt64, count: Int) -> [UInt64] {
        only.map { [UInt64($0)] } ?? (0..<UInt64(count)).map { first + $0 }
    }

    /// Tries a world, and at night further ones, until this case's share of the questions is asked.
    ///
    /// - Parameters:
    ///   - seed: the first world's; each further one lies `seed` of another thousand on.
    ///   - cases: among how many cases the questions are shared.
    ///   - ask: tries one world and returns how many questions that was.
    static func run(_ seed: UInt64, cases: Int, _ ask: (UInt64) throws -> Int) rethrows {
        var asked = try ask(seed)
        var next = seed
        while only == nil, asked * cases < wanted {
            next += 100_000
            asked += try ask(next)
        }
    }
}
