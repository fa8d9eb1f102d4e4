import Engine
import NIOConcurrencyHelpers
import Scheduling
import Testing

/// Reading the trail through the engine.
@Suite struct TrailDeskTests {
    /// Asks for the trail's length; what is told ends in `answers`.
    private func ask(
        _ world: World, _ answers: Answers, gate: ConditionLock<Bool>? = nil
    ) -> Rejection? {
        let now = world.engine.readTrail(world.cell, loop: 0) { reader throws(Rejection) in
            gate?.lock(whenValue: true)
            gate?.unlock()
            return reader.end
        } release: { result in
            switch result {
            case .success(let end): answers.take(.reply(Array("\(end)".utf8)))
            case .failure(let rejection): answers.take(.refused(rejection))
            }
        }
        if case .failure(let rejection) = now { return rejection }
        return nil
    }

    @Test("sees what is durable, and nothing that is not")
    func durable() throws {
        let world = try World()
        let (changes, answers) = (Answers(), Answers())
        world.createPatient("Ada", changes)
        world.journal.waitForCommits(1)
        #expect(ask(world, answers) == nil)
        #expect(answers.wait(1)[0].text == "0")
        world.journal.allow(.commit)
        _ = changes.wait(1)
        #expect(ask(world, answers) == nil)
        #expect(answers.wait(2)[1].text == "1")
        world.engine.stop()
    }

    @Test("who comes when too many wait is told when to come back, and the others are served")
    func bounded() throws {
        var limits = EngineLimits()
        limits.trailJobsOfOne = 3
        let world = try World(isSteered: false, limits: limits)
        let gate = ConditionLock(value: false)
        let answers = Answers()
        for _ in 0..<3 { #expect(ask(world, answers, gate: gate) == nil) }
        let refusal = try #require(ask(world, answers))
        #expect(refusal.reason == .overloaded)
        #expect(refusal.retryAt != nil)
        gate.lock()
        gate.unlock(withValue: true)
        #expect(answers.wait(3).map(\.text) == ["0", "0", "0"])
        world.engine.stop()
    }

    @Test("who has its answer can ask again at once, also where one call may wait at a time")
    func again() throws {
        var limits = EngineLimits()
        limits.trailJobsOfOne = 1
        let world = try World(isSteered: false, limits: limits)
        let answers = Answers()
        let first = world.engine.readTrail(world.cell, loop: 0) {
            $0.end
        } release: { _ in
            let refusal = self.ask(world, answers)
            if let refusal { answers.take(.refused(refusal)) }
        }
        #expect(first == nil)
        #expect(answers.wait(1)[0].text == "0")
        world.engine.stop()
    }

    @Test("a time is found by halving: the last position that is not after it")
    func times() throws {
        let world = try World(isSteered: false)
        let changes = Answers()
        var ends: [Int64: Int64] = [:]
        var time = world.engine.now.milliseconds
        ends[time - 1] = 0
        for number in 1...20 {
            let steps = Int64(number % 3)
            world.advance(milliseconds: steps)
            time += steps
            world.createPatient("Ada", changes)
            _ = changes.wait(number)
            ends[time] = Int64(number)
        }
        ends[time + 1000] = 20
        let answers = Answers()
        let wanted = ends
        let now = world.engine.readTrail(world.cell, loop: 0) { reader throws(Rejection) in
            for (time, end) in wanted
            where try reader.position(at: Instant(milliseconds: time)) != end { return false }
            return true
        } release: { result in
            answers.take(.reply(Array("\(result)".utf8)))
        }
        #expect(now == nil)
        #expect(answers.wait(1)[0].text == "success(true)")
        world.engine.stop()
    }
}
