import Engine
import Scheduling
import Testing

/// What an event says besides its changes: the trail of who did what, and why.
@Suite("What the journal is told")
struct EventTests {
    @Test("an event carries actor, call, request, time, reason, and versions before and after")
    func carries() throws {
        let world = try World(isSteered: false)
        let answers = Answers()
        world.createPatient("Ann", requestID: "r-1", fingerprint: 3, answers)
        _ = answers.wait(1)
        let id = try #require(world.journal.durable.last?.event.writes.first?.key.id)
        world.advance(milliseconds: 1234)
        let refused = world.engine.perform(
            in: world.cell,
            MutationCall(
                actor: "tester", rpc: "PatientService/UpdatePatient", loop: 0, requestID: "r-2",
                fingerprint: 4),
            command: { _, _ in Renaming(id: Identifier(value: id)) },
            encode: { _, _ in [] }, release: { answers.take($0) })
        #expect(refused == nil)
        _ = answers.wait(2)
        world.engine.stop()
        let events = world.journal.durable.map(\.event)
        try #require(events.count == 2)
        #expect(events[0].before.isEmpty && events[0].versionBefore(0) == 0)
        #expect(events[0].reason.isEmpty && events[0].writes[0].version == 1)
        let change = events[1]
        #expect(change.actor == "tester" && change.rpc == "PatientService/UpdatePatient")
        #expect(change.receipt?.requestID == "r-2" && change.reason == "she married")
        #expect(change.at.milliseconds == 1_800_000_001_234)
        #expect(change.before == [1] && change.writes.map(\.version) == [2])
    }
}

/// A change of a patient for a reason.
private struct Renaming: Command {
    var id: Identifier<Patient>
    var reason: String { "she married" }

    func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Patient> {
        var details = Patient.Details()
        details.name = "Ann Other"
        return try UpdateRecord<Patient>(id, expectedVersion: 1, details: details)
            .decide(on: organization, &context)
    }
}
