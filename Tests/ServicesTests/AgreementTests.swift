import Engine
import GRPCWire
import Intervals
import Scheduling
import SlotdAPI
import SwiftProtobuf
import Testing

@testable import Services

/// The API and the core each have their own enums and words; these tests keep them the same.
@Suite struct AgreementTests {
    @Test("Every reason of the core has the API's number, and the API's name in errors")
    func reasons() throws {
        let api = Set(Slotd_V1_Reason.allCases.map(\.rawValue).filter { $0 != 0 })
        #expect(api == Set(Reason.allCases.map { Int($0.rawValue) }))
        for reason in Reason.allCases {
            let message = Slotd_V1_ImportResponse.with { $0.reason = Slotd_V1_Reason(reason) }
            let json = try message.jsonString()
            #expect(json.contains("\"REASON_\(reason.name)\""))
        }
    }

    @Test("Stages, views, statuses and entries have the API's numbers")
    func otherEnums() {
        #expect(
            Set(Stage.allCases.map { Int($0.rawValue) })
                == Set(Slotd_V1_Stage.allCases.map(\.rawValue).filter { $0 != 0 }))
        #expect(
            Set(ProcedureView.allCases.map { Int($0.rawValue) })
                == Set(Slotd_V1_ProcedureView.allCases.map(\.rawValue).filter { $0 != 0 }))
        #expect(
            Set(ProcedureStatus.allCases.map { Int($0.rawValue) })
                == Set(Slotd_V1_ProcedureStatus.allCases.map(\.rawValue).filter { $0 != 0 }))
        #expect(
            Set(ProcedureEntry.allCases.map { Int($0.rawValue) })
                == Set(Slotd_V1_ProcedureEntry.allCases.map(\.rawValue).filter { $0 != 0 }))
    }

    @Test("The catalog's choices have the API's numbers")
    func choices() {
        func numbers<Value: CaseIterable & RawRepresentable<UInt8>>(_: Value.Type) -> Set<Int> {
            Set(Value.allCases.map { Int($0.rawValue) })
        }
        func numbers<Value: Enum & CaseIterable>(_: Value.Type) -> Set<Int> {
            Set(Value.allCases.map(\.rawValue)).subtracting([0])
        }
        #expect(numbers(StartAnchor.self) == numbers(Slotd_V1_StartAnchor.self))
        #expect(numbers(CapacityRule.self) == numbers(Slotd_V1_CapacityRule.self))
        #expect(numbers(AssignmentPolicy.self) == numbers(Slotd_V1_AssignmentPolicy.self))
        #expect(numbers(Phase.self) == numbers(Slotd_V1_Phase.self))
        #expect(numbers(ResourceKind.self) == numbers(Slotd_V1_ResourceKind.self))
        #expect(numbers(PatientOverlap.self) == numbers(Slotd_V1_PatientOverlap.self))
    }

    @Test("Every method of the proto files is served, in its shape, and no other")
    func methods() {
        let engine = Engine(
            journal: NoJournal(), organizations: [], clock: { Instant(milliseconds: 0) },
            deliver: { _, job in job() }, didFail: { _ in })
        defer { engine.stop() }
        var table = ServiceTable()
        Services(engine: engine, zones: TimeZoneDatabase(), monotonic: { 0 })
            .register(in: &table)
        var served: Set<String> = []
        for route in table.routes {
            switch route.handler {
            case .unary: served.insert("\(route.path) unary")
            case .stream(.client, _): served.insert("\(route.path) clientStreaming")
            case .stream(.server, _): served.insert("\(route.path) serverStreaming")
            case .stream(.bidirectional, _): served.insert("\(route.path) bidirectional")
            }
        }
        #expect(served == Set(Methods.all.map { "\($0.path) \($0.shape)" }))
    }

    @Test("Field 15 of every mutation's reply is `replayed`: it is appended to stored replies")
    func replayedField() throws {
        var mutations = 0
        for file in Descriptors.files where file.name.hasPrefix("slotd/") {
            let decoded = Base64.decode(Array(file.base64.utf8).span)
            let bytes = try #require(decoded)
            let proto = try Google_Protobuf_FileDescriptorProto(serializedBytes: bytes)
            for request in proto.messageType
            where request.name.hasSuffix("Request")
                && request.field.contains(where: { $0.name == "request_id" })
            {
                let name = request.name.dropLast("Request".count) + "Response"
                let reply = try #require(proto.messageType.first { $0.name == name })
                let field = try #require(reply.field.first { $0.name == "replayed" })
                #expect(field.number == 15 && field.type == .bool)
                mutations += 1
            }
        }
        #expect(mutations > 20)
        let stored = encoded(Slotd_V1_CreateBookingResponse.with { $0.revision = 9 })
        let reply = try Slotd_V1_CreateBookingResponse(serializedBytes: stored + [15 << 3, 1])
        #expect(reply.replayed)
        #expect(reply.revision == 9)
    }
}

private final class NoJournal: DurableJournal {
    func page(
        of organization: Identifier<OrganizationProfile>, _ window: TrailWindow,
        where accept: (TrailHead) -> Bool
    ) throws(TrailError) -> TrailPage { TrailPage(entries: [], next: nil) }

    func check(
        _ organization: Identifier<OrganizationProfile>, through position: Int64,
        anchors: [ChainAnchor], findingsMax: Int
    ) throws(TrailError) -> ChainReport { ChainReport(findings: [], count: 0, anchor: nil) }

    func commit(
        _ batch: [JournalEntry]
    ) throws(JournalError) -> [Identifier<OrganizationProfile>: CommitOutcome] { [:] }
}
