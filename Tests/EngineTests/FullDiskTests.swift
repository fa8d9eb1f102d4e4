import Engine
import NIOConcurrencyHelpers
import Scheduling
import Testing

@Suite struct FullDiskTests {
    @Test("Who read what a full disk took back is refused")
    func readersAreRefused() throws {
        let world = try World()
        let answers = Answers()
        world.createPatient("lost", answers)
        world.journal.waitForCommits(1)
        #expect(world.countPatients(answers) == nil)
        world.journal.allow(.full)
        #expect(answers.wait(2).map(\.refusal) == [.storageFull, .storageFull])
        #expect(world.countPatients(answers) == 0)
        world.engine.stop()
    }

    @Test("One mutation a second tries a full disk, and the first that is durable opens it to all")
    func oneTriesForAll() throws {
        let world = try World()
        let answers = Answers()
        world.createPatient("lost", answers)
        world.journal.allow(.full)
        _ = answers.wait(1)
        world.advance(milliseconds: 1000)
        world.createPatient("tries", answers)
        #expect(world.engine.isDiskFull)
        world.createPatient("waits", answers)
        world.journal.allow(.commit)
        // A refusal, too, waits for what it saw; so the two come in either order.
        let told = answers.wait(3).dropFirst()
        #expect(told.contains { $0.text == "tries" })
        #expect(told.contains { $0.refusal == .storageFull })
        #expect(!world.engine.isDiskFull)
        world.journal.allow(.commit)
        world.createPatient("all", answers)
        #expect(answers.wait(4)[3].text == "all")
        world.engine.stop()
    }

    @Test("A full disk is told of before anybody is refused, and room before anybody is answered")
    func roomIsTold() throws {
        let told = NIOLockedValueBox<[Bool]>([])
        let world = try World { hasRoom in told.withLockedValue { $0.append(hasRoom) } }
        let answers = Answers()
        world.createPatient("kept", answers)
        world.journal.allow(.commit)
        _ = answers.wait(1)
        #expect(told.withLockedValue { $0 }.isEmpty, "nothing has changed")
        for count in 2...3 {
            world.createPatient("lost", answers)
            world.journal.allow(.full)
            #expect(answers.wait(count).last?.refusal == .storageFull)
            #expect(told.withLockedValue { $0 } == Array(repeating: false, count: count - 1))
            #expect(world.engine.isDiskFull)
            world.advance(milliseconds: 1000)
        }
        world.createPatient("kept", answers)
        world.journal.allow(.commit)
        #expect(answers.wait(4).last?.text == "kept")
        #expect(told.withLockedValue { $0 } == [false, false, true])
        world.engine.stop()
    }

    @Test("Who has seen that there is room opens a full disk to all, at once")
    func roomIsFound() throws {
        let told = NIOLockedValueBox<[Bool]>([])
        let world = try World { hasRoom in told.withLockedValue { $0.append(hasRoom) } }
        let answers = Answers()
        world.createPatient("lost", answers)
        world.journal.allow(.full)
        #expect(answers.wait(1).last?.refusal == .storageFull)
        world.engine.foundRoom()
        #expect(!world.engine.isDiskFull)
        #expect(told.withLockedValue { $0 } == [false, true])
        world.createPatient("kept", answers)
        world.journal.allow(.commit)
        #expect(answers.wait(2).last?.text == "kept")
        #expect(told.withLockedValue { $0 } == [false, true])
        world.engine.stop()
    }

    @Test("An organization whose creation was taken back is gone, also for who still has it")
    func goneOrganization() throws {
        let world = try World()
        let answers = Answers()
        world.createOrganization("aurora", answers)
        let cell = try #require(world.engine.organization("aurora"))
        world.journal.allow(.full)
        #expect(answers.wait(1).map(\.refusal) == [.storageFull])
        #expect(world.engine.organization("aurora") == nil)
        #expect(world.engine.organization(cell.id.description) == nil)
        world.advance(milliseconds: 5000)
        world.createPatient("nobody's", in: cell, answers)
        #expect(answers.wait(2)[1].refusal == .unknownOrganization)
        #expect(world.journal.durable.isEmpty)
        world.engine.stop()
    }

    @Test("A name that a full disk took back belongs to whom it belonged before")
    func takenBackNames() throws {
        let world = try World()
        let answers = Answers()
        world.rename(to: "renamed", answers)
        world.journal.waitForCommits(1)
        world.createOrganization("default", answers)
        #expect(world.engine.organization("renamed") === world.cell)
        world.journal.allow(.full)
        #expect(answers.wait(2).map(\.refusal) == [.storageFull, .storageFull])
        #expect(world.engine.organization("renamed") == nil)
        #expect(world.engine.organization("default") === world.cell)
        #expect(world.engine.organizations().count == 1)
        world.engine.stop()
    }
}

@Suite struct DirectoryTests {
    @Test("Neither a list nor a repeated creation tells of an organization that is not durable")
    func creationsAreNotToldEarly() throws {
        let world = try World()
        let answers = Answers()
        world.createOrganization("aurora", requestID: "r", answers)
        world.journal.waitForCommits(1)
        world.createOrganization("aurora", requestID: "r", answers)
        world.createOrganization("aurora", requestID: "other", answers)
        world.rename(to: "aurora", answers)
        let list = world.engine.profiles(after: nil, limit: 10, loop: 0) { result in
            answers.take(.reply([UInt8((try? result.get().rows.count) ?? 0) + 48]))
        }
        #expect(list == nil)
        #expect(answers.count == 0)
        world.journal.allow(.commit)
        let told = answers.wait(5)
        #expect(told.map(\.isReplayed) == [false, true, false, false, false])
        #expect(told[2...3].map(\.refusal) == [.externalRefTaken, .externalRefTaken])
        #expect(told[4].text == "2")
        world.engine.stop()
    }

    @Test("An external reference that looks like another's id does not stand in its way")
    func idsComeFirst() throws {
        let world = try World(isSteered: false)
        let answers = Answers()
        world.createOrganization(world.cell.id.description, answers)
        _ = answers.wait(1)
        #expect(world.engine.organization(world.cell.id.description) === world.cell)
        world.engine.stop()
    }
}
