import Glibc
import Storage
import TestSupport
import Testing
import Workload

@testable import Scheduling

/// The core, the engine and the storage against a small model of the rules: random sequences of
/// all mutations on three organizations, interleaved.
///
/// Environment: `SLOTD_TEST_SEED` names a seed (or `random`), `SLOTD_MODEL_STEPS` a length, for the
/// night; a failure prints seed and step. `SLOTD_MODEL_STRIDE=1` compares everything after every
/// step, to find the one that went wrong.
@Suite struct ModelTests {
    static let seeds: [UInt64] = {
        guard let wish = variable("SLOTD_TEST_SEED") else { return [1, 2, 3] }
        return [UInt64(wish) ?? .random(in: 0 ... .max)]
    }()
    static let steps = variable("SLOTD_MODEL_STEPS").flatMap { Int($0) } ?? 1200
    static let stride = variable("SLOTD_MODEL_STRIDE").flatMap { Int($0) } ?? 16

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    @Test(
        "every mutation is taken or refused as the rules say, and the disk has what they leave",
        arguments: seeds)
    func agrees(seed: UInt64) throws {
        let temporary = TemporaryDirectory()
        // A Monday morning.
        let bench = try Bench(
            directory: temporary.file("data"), now: Instant(milliseconds: 1_793_001_600_000))
        var play = try Play(bench, seed: seed)
        // The test clock is another daemon's; the random run of the core moves it.
        let all = try commandNames().subtracting(["MoveClock"])
        // What is rare is waited for, once.
        let waits = seed == Self.seeds[0]
        for step in 0..<8 * Self.steps
        where step < Self.steps || waits && !play.hasSeen(all) {
            play.step = step
            play.turn = play.random.pick(0...play.clinics.count - 1)
            // Ids begin with the time, and records are told apart by when they were made.
            bench.now = bench.now.adding(seconds: Int64(play.random.pick(1...240)))
            try play.next()
            if step % Self.stride == Self.stride - 1 { try play.compare() }
            if let end = [Self.steps / 3: Bench.End.orderly, Self.steps * 2 / 3: .crash][step] {
                try bench.restart(end)
                try play.compare()
            }
        }
        try play.compare()
        try bench.restart(.losingTables)
        try play.compare()
        try bench.stop()
        let findings = try Storage.open(directory: bench.directory).verify(now: bench.now)
        #expect(findings.isEmpty, "seed \(seed): \(findings)")
        // A run that refuses nearly everything, or nothing, would prove little.
        let changes = play.done.values.reduce(0, +)
        #expect(changes > Self.steps / 4, "seed \(seed): \(play.done), \(play.refusals)")
        #expect(play.refusals.count > 10, "seed \(seed): \(play.refusals)")
        guard waits else { return }
        let never = all.subtracting(play.done.keys)
        #expect(never.isEmpty, "seed \(seed): \(never) changed nothing")
        let always = all.subtracting(play.refused.keys).subtracting(commandsNeverRefused)
        #expect(always.isEmpty, "seed \(seed): \(always) were not refused")
    }
}

extension Play {
    /// Each of these commands has changed something, and was refused where it can be.
    func hasSeen(_ all: Set<String>) -> Bool {
        all.isSubset(of: done.keys)
            && all.subtracting(commandsNeverRefused).isSubset(of: refused.keys)
    }

    /// Asks the next thing.
    mutating func next() throws {
        clinic.model.clock = Int(bench.now.milliseconds)
        clinic.model.opened = []
        clinic.before = clinic.model
        bench.role = .staff
        switch random.pick(weights: [
            9, 3, 6, 4, 16, 3, 4, 6, 3, 1, 12, 3, 5, 3, 3, 4, 10, 8, 9, 4, 6, 9, 8, 12, 5, 8,
        ])
        {
        case 0: try book()
        case 1: try bookGroup()
        case 2: try reschedule()
        case 3: try cancel()
        case 4: try move()
        case 5: try moveAll()
        case 6: try undo()
        case 7: try putAway()
        case 8: try deposit()
        case 9: try sweep()
        case 10: try start()
        case 11: try startFromPatient()
        case 12: try attach()
        case 13: try bookAndAttach()
        case 14: try detach()
        case 15: try reattach()
        case 16: try save()
        case 17: try submit()
        case 18: try finish()
        case 19: try giveUp()
        case 20: try charge()
        case 21: try hold()
        case 22: try wait()
        case 23: try office()
        case 24: try importing()
        default: try shortVisit()
        }
    }
}
