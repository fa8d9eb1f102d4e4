import Engine
import Scheduling
import Testing

@Suite struct QueueBoundTests {
    @Test("A full queue refuses before deciding, says when to come back, and takes again later")
    func itemsAreBounded() throws {
        var limits = EngineLimits()
        limits.queuedItems = 2
        let world = try World(limits: limits)
        let answers = Answers()
        world.createPatient("committing", answers)
        world.journal.waitForCommits(1)
        world.createPatient("queued 1", answers)
        world.createPatient("queued 2", answers)
        #expect(answers.count == 0)

        let refused = Answers()
        world.createPatient("one too many", refused)
        #expect(world.countPatients(refused) == nil)
        for answer in refused.wait(2) {
            guard case .refused(let rejection) = answer else {
                Issue.record("a full queue took one more: \(answer.text)")
                continue
            }
            #expect(rejection.reason == .overloaded)
            #expect(rejection.retryAt == world.engine.now.adding(milliseconds: 100))
        }
        #expect(world.patientCount == 3)

        world.journal.allow(.commit)
        world.journal.allow(.commit)
        #expect(answers.wait(3).map(\.text) == ["committing", "queued 1", "queued 2"])
        world.journal.allow(.commit)
        world.createPatient("welcome", answers)
        #expect(answers.wait(4)[3].text == "welcome")
        world.engine.stop()
    }

    @Test("The queue is bounded by bytes as well, at the limit and one below")
    func bytesAreBounded() throws {
        var limits = EngineLimits()
        limits.queuedBytes = 4
        let world = try World(limits: limits)
        let answers = Answers()
        world.createPatient("committing", answers)
        world.journal.waitForCommits(1)
        world.createPatient("abc", answers)
        world.createPatient("d", answers)
        let refused = Answers()
        world.createPatient("e", refused)
        #expect(refused.wait(1).map(\.refusal) == [.overloaded])
        world.journal.allow(.commit)
        world.journal.allow(.commit)
        #expect(answers.wait(3).map(\.text) == ["committing", "abc", "d"])
        world.engine.stop()
    }

    @Test("Who comes after the end is refused and does not wait for ever")
    func endedEngine() throws {
        let world = try World(isSteered: false)
        world.engine.stop()
        let answers = Answers()
        world.createPatient("late", answers)
        _ = world.countPatients(answers)
        #expect(answers.wait(2).map(\.refusal) == [.overloaded, .overloaded])
    }

    @Test("When the journal fails, nobody is told that it went well, and nobody waits for ever")
    func failedJournal() throws {
        let world = try World()
        let answers = Answers()
        world.createPatient("lost", answers)
        world.journal.waitForCommits(1)
        world.createPatient("queued", answers)
        world.journal.allow(.fail)
        #expect(answers.wait(2).map(\.refusal) == [.storageFailed, .storageFailed])
        world.createPatient("late", answers)
        #expect(answers.wait(3)[2].refusal == .storageFailed)
        #expect(world.journal.durable.isEmpty)
        world.engine.stop()
    }
}

extension Instant {
    fileprivate func adding(milliseconds: Int64) -> Instant {
        Instant(milliseconds: self.milliseconds + milliseconds)
    }
}
