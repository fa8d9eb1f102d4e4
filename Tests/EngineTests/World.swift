import Engine
import Intervals
import NIOConcurrencyHelpers
import Scheduling
import Testing

/// An engine on a steered journal with one organization, made without the journal's help.
struct World {
    let journal: SteeredJournal
    let engine: Engine
    let cell: OrganizationCell
    /// Milliseconds that the clock reads.
    private let time = NIOLockedValueBox<Int64>(1_800_000_000_000)

    /// With a test clock the organization is one of a development directory.
    init(
        isSteered: Bool = true, limits: EngineLimits = EngineLimits(), testClock: TestClock? = nil,
        records: [Record] = [], roomChanged: @escaping @Sendable (Bool) -> Void = { _ in }
    ) throws {
        journal = SteeredJournal(isSteered: isSteered)
        var details = OrganizationProfile.Details()
        details.externalRef = "default"
        details.name = "Default"
        let profile = OrganizationProfile(
            id: Identifier(value: 7), version: 1, details: details, testClock: testClock?.now)
        var organization = Organization(profile: profile, zones: TimeZoneDatabase())
        for record in records { organization.restore(record) }
        engine = Engine(
            journal: journal,
            organizations: [organization],
            limits: limits, clock: { [time] in Instant(milliseconds: time.withLockedValue { $0 }) },
            testClock: testClock, deliver: { _, job in job() }, roomChanged: roomChanged,
            didFail: { _ in })
        cell = try #require(engine.organization("default"))
    }

    /// Asks for a patient of this name; what is told at once and what is told later both end in
    /// `answers`.
    func createPatient(
        _ name: String, requestID: String = "", fingerprint: UInt64 = 0,
        in cell: OrganizationCell? = nil, _ answers: Answers
    ) {
        var details = Patient.Details()
        details.name = name
        let now = engine.perform(
            in: cell ?? self.cell,
            MutationCall(
                actor: "tester", rpc: "PatientService/CreatePatient", loop: 0,
                requestID: requestID, fingerprint: fingerprint),
            command: { _, _ in CreateRecord<Patient>(details) },
            encode: { patient, _ in Array(patient.details.name.utf8) },
            release: { answers.take($0) })
        if let now { answers.take(now) }
    }

    /// Asks for a move of the test clock.
    func move(
        _ target: MoveClock.Target, requestID: String = "", in cell: OrganizationCell? = nil,
        _ answers: Answers
    ) {
        let now = engine.moveClock(
            MoveClock(target), in: cell ?? self.cell,
            MutationCall(
                actor: "tester", rpc: "AdminService/SetClock", loop: 0, requestID: requestID,
                fingerprint: 1),
            encode: { instant, _ in Array("\(instant.milliseconds)".utf8) },
            release: { answers.take($0) })
        if let now { answers.take(now) }
    }

    /// Moves the clock forward.
    func advance(milliseconds: Int64) { time.withLockedValue { $0 += milliseconds } }

    /// How many patients there are, durable or not.
    var patientCount: Int {
        (try? engine.advise(cell) { organization, _ in organization.patients.count }.get()) ?? -1
    }

    /// Asks how many patients there are; what is told later ends in `answers`.
    func countPatients(_ answers: Answers) -> Int? {
        let now = engine.query(cell, loop: 0) { organization, _ in
            organization.patients.count
        } release: { result in
            switch result {
            case .success(let count): answers.take(.reply(Array("\(count)".utf8)))
            case .failure(let rejection): answers.take(.refused(rejection))
            }
        }
        switch now {
        case .success(let count): return count
        case .failure(let rejection): answers.take(.refused(rejection))
        case nil: break
        }
        return nil
    }

    /// Asks for an organization with this external reference.
    func createOrganization(
        _ externalRef: String, requestID: String = "", fingerprint: UInt64 = 1, _ answers: Answers
    ) {
        let now = engine.createOrganization(
            details(externalRef), zones: TimeZoneDatabase(),
            MutationCall(
                actor: "tester", rpc: "AdminService/CreateOrganization", loop: 0,
                requestID: requestID, fingerprint: fingerprint),
            encode: { profile, _ in Array(profile.details.name.utf8) },
            release: { answers.take($0) })
        if let now { answers.take(now) }
    }

    /// Asks for another external reference of the first organization.
    func rename(to externalRef: String, _ answers: Answers) {
        let now = engine.updateOrganization(
            UpdateOrganization(expectedVersion: 0, details: details(externalRef)), in: cell,
            MutationCall(
                actor: "tester", rpc: "AdminService/UpdateOrganization", loop: 0, requestID: "",
                fingerprint: 0),
            encode: { change, _ in Array(change.profile.details.name.utf8) },
            release: { answers.take($0) })
        if let now { answers.take(now) }
    }

    private func details(_ externalRef: String) -> OrganizationProfile.Details {
        var details = OrganizationProfile.Details()
        details.externalRef = externalRef
        details.name = externalRef
        return details
    }
}

extension MutationAnswer {
    var text: String {
        switch self {
        case .reply(let bytes), .replayed(let bytes): String(decoding: bytes, as: UTF8.self)
        case .refused(let rejection): "refused: \(rejection.reason)"
        }
    }

    var isReplayed: Bool {
        if case .replayed = self { true } else { false }
    }

    var refusal: Reason? {
        if case .refused(let rejection) = self { rejection.reason } else { nil }
    }
}
