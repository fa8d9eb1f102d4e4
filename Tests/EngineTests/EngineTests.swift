import Engine
import Intervals
import Scheduling
import Testing

/// An engine on a steered journal with one organization, made without the journal's help.
private struct World {
    let journal: SteeredJournal
    let engine: Engine
    let cell: OrganizationCell

    init(isSteered: Bool = true) throws {
        journal = SteeredJournal(isSteered: isSteered)
        var details = OrganizationProfile.Details()
        details.externalRef = "default"
        details.name = "Default"
        let profile = OrganizationProfile(
            id: Identifier(value: 7), version: 1, details: details)
        engine = Engine(
            journal: journal,
            organizations: [Organization(profile: profile, zones: TimeZoneDatabase())],
            clock: { Instant(milliseconds: 1_800_000_000_000) },
            deliver: { _, job in job() }, didFail: { _ in })
        cell = try #require(engine.organization("default"))
    }

    /// Asks for a patient of this name; what is told at once and what is told later both end in
    /// `answers`.
    func createPatient(
        _ name: String, requestID: String = "", fingerprint: UInt64 = 0, _ answers: Answers
    ) {
        var details = Patient.Details()
        details.name = name
        let now = engine.perform(
            in: cell,
            MutationCall(
                actor: "tester", rpc: "PatientService/CreatePatient", loop: 0,
                requestID: requestID, fingerprint: fingerprint),
            command: { _, _ in CreateRecord<Patient>(details) },
            encode: { patient, _ in Array(patient.details.name.utf8) },
            release: { answers.take($0) })
        if let now { answers.take(now) }
    }

    var patientCount: Int {
        get throws {
            try engine.query(cell) { organization, _ in organization.patients.count }.answer
        }
    }
}

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
        let seen = try world.engine.query(world.cell) { organization, _ in
            organization.patients.count
        }
        #expect(seen.answer == 1)
        #expect(!seen.isDurable)
        world.journal.allow(.commit)
        let released = Answers()
        world.engine.whenDurable(world.cell, loop: 0) { _ in released.take(.reply([])) }
        _ = released.wait(1)
        let again = try world.engine.query(world.cell) { organization, _ in organization.position }
        #expect(again.isDurable)
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

    @Test("A repeated request gets the first reply and is not done twice, durable or not yet")
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
        #expect(try world.patientCount == 1)
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
        #expect(try world.patientCount == 3)
        world.journal.allow(.full)
        for answer in lost.wait(2) {
            guard case .refused(let rejection) = answer else {
                Issue.record("a change that was taken back was acknowledged")
                continue
            }
            #expect(rejection.reason == .storageFull)
        }
        #expect(try world.patientCount == 1)
        #expect(!world.engine.isWritable)
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
        var details = OrganizationProfile.Details()
        details.externalRef = "aurora"
        details.name = "Aurora"
        let answers = Answers()
        func create(_ requestID: String) {
            let now = world.engine.createOrganization(
                details, zones: TimeZoneDatabase(),
                MutationCall(
                    actor: "tester", rpc: "AdminService/CreateOrganization", loop: 0,
                    requestID: requestID, fingerprint: 1),
                encode: { profile, _ in Array(profile.details.name.utf8) },
                release: { answers.take($0) })
            if let now { answers.take(now) }
        }
        create("r")
        #expect(answers.wait(1).map(\.text) == ["Aurora"])
        create("r")
        #expect(answers.wait(2)[1].isReplayed)
        create("other")
        guard case .refused(let rejection) = answers.wait(3)[2] else {
            Issue.record("two organizations have one name")
            return
        }
        #expect(rejection.reason == .externalRefTaken)
        let cell = try #require(world.engine.organization("aurora"))
        #expect(world.engine.organization(cell.id.description) === cell)
        #expect(world.journal.durable.count == 1)
        #expect(world.journal.durable[0].organization == cell.id)
        world.engine.stop()
    }
}

extension MutationAnswer {
    fileprivate var text: String {
        switch self {
        case .reply(let bytes), .replayed(let bytes): String(decoding: bytes, as: UTF8.self)
        case .refused(let rejection): "refused: \(rejection.reason)"
        }
    }

    fileprivate var isReplayed: Bool {
        if case .replayed = self { true } else { false }
    }
}
