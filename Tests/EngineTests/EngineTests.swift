import Engine
import Intervals
import Scheduling
import Testing

@Suite struct EngineTests {
    @Test("No answer leaves before its position is durable")
    func answersWait() throws {
        let world = try World()
        let answers = Answers()
        world.createPatient("Ada", answers)
        world.journal.waitForCommits(1)
        #expect(answers.count == 0)
        world.journal.allow(.commit)
        #expect(answers.wait(1).map(\.text) == ["Ada"])
        #expect(world.journal.durable.map(\.event.position) == [1])
        world.engine.stop()
    }

    @Test("What was seen uncommitted is not told before it is durable")
    func readsWait() throws {
        let world = try World()
        world.createPatient("Ada", Answers())
        let released = Answers()
        let seen = world.countPatients(released)
        #expect(seen == nil)
        world.journal.waitForCommits(1)
        #expect(released.count == 0)
        world.journal.allow(.commit)
        #expect(released.wait(1).map(\.text) == ["1"])
        #expect(world.countPatients(released) == 1)
        world.engine.stop()
    }

    @Test("Changes that come while one commits are committed as one batch")
    func groupCommit() throws {
        let world = try World()
        let answers = Answers()
        world.createPatient("0", answers)
        world.journal.waitForCommits(1)
        for number in 1...20 { world.createPatient("\(number)", answers) }
        world.journal.allow(.commit)
        world.journal.allow(.commit)
        #expect(answers.wait(21).map(\.text) == (0...20).map(String.init))
        #expect(world.journal.batchSizes == [1, 20])
        #expect(world.journal.durable.map(\.event.position) == Array(1...21))
        world.engine.stop()
    }

    @Test("11: a repeated request gets the first reply and is not done twice, durable or not yet")
    func receipts() throws {
        let world = try World()
        let answers = Answers()
        world.createPatient("Ada", requestID: "r", fingerprint: 5, answers)
        world.createPatient("Ada", requestID: "r", fingerprint: 5, answers)
        world.journal.waitForCommits(1)
        #expect(answers.count == 0)
        world.journal.allow(.commit)
        world.journal.allow(.commit)
        let both = answers.wait(2)
        #expect(both.map(\.text) == ["Ada", "Ada"])
        #expect(both.map(\.isReplayed) == [false, true])
        world.createPatient("Eve", requestID: "r", fingerprint: 6, answers)
        guard case .refused(let rejection) = answers.wait(3)[2] else {
            Issue.record("another request with the same id was done")
            return
        }
        #expect(rejection.reason == .keyReused)
        #expect(world.patientCount == 1)
        world.engine.stop()
    }

    @Test("A full disk takes back what was decided, oldest kept, and refuses what was seen")
    func diskFull() throws {
        let world = try World()
        let kept = Answers()
        world.createPatient("kept", kept)
        world.journal.waitForCommits(1)
        world.journal.allow(.commit)
        _ = kept.wait(1)

        let lost = Answers()
        world.createPatient("lost 1", requestID: "r", lost)
        world.journal.waitForCommits(2)
        world.createPatient("lost 2", lost)
        #expect(world.patientCount == 3)
        world.journal.allow(.full)
        for answer in lost.wait(2) {
            guard case .refused(let rejection) = answer else {
                Issue.record("a change that was taken back was acknowledged")
                continue
            }
            #expect(rejection.reason == .storageFull)
        }
        #expect(world.patientCount == 1)
        #expect(world.engine.isDiskFull)
        world.createPatient("refused", lost)
        guard case .refused(let rejection) = lost.wait(3)[2] else {
            Issue.record("a full disk took a write")
            return
        }
        #expect(rejection.reason == .storageFull)
        #expect(world.journal.durable.map(\.event.position) == [1])
        world.engine.stop()
    }

    @Test("A new organization is the first event of its own stream, and its name is unique")
    func organizations() throws {
        let world = try World(isSteered: false)
        let answers = Answers()
        func create(_ requestID: String) {
            world.createOrganization("aurora", requestID: requestID, answers)
        }
        create("r")
        #expect(answers.wait(1).map(\.text) == ["aurora"])
        create("r")
        #expect(answers.wait(2)[1].isReplayed)
        create("other")
        guard case .refused(let rejection) = answers.wait(3)[2] else {
            Issue.record("two organizations have one name")
            return
        }
        #expect(rejection.reason == .externalRefTaken)
        world.createOrganization("borealis", requestID: "r", fingerprint: 2, answers)
        #expect(answers.wait(4)[3].refusal == .keyReused)
        #expect(world.engine.organization("borealis") == nil)
        let cell = try #require(world.engine.organization("aurora"))
        #expect(world.engine.organization(cell.id.description) === cell)
        #expect(world.journal.durable.count == 1)
        #expect(world.journal.durable[0].organization == cell.id)
        world.engine.stop()
    }
}
