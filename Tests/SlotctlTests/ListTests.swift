internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf
internal import Synchronization
internal import Testing

@testable internal import slotctl

struct ListTests {
    /// A daemon with so many patients, some pages of which are empty.
    private func daemon(of count: Int) -> FakeDaemon {
        let daemon = FakeDaemon()
        daemon.on(Methods.PatientService.listPatients) { request in
            .with {
                // An odd token stands for an empty page before the next.
                let place = Int(request.pageToken) ?? 0
                guard place.isMultiple(of: 2) else {
                    $0.nextPageToken = "\(place + 1)"
                    return
                }
                let first = place / 2
                let end = min(count, first + Int(request.pageSize))
                $0.patients = (first..<end).map { index in .with { $0.id = "patient_\(index)" } }
                if end < count { $0.nextPageToken = "\(end * 2 - 1)" }
            }
        }
        return daemon
    }

    private func list(_ daemon: FakeDaemon, _ format: OutputFormat, _ words: String...) async throws
    {
        let command = try #require(
            try Slotctl.parseAsRoot(["patient", "list"] + words) as? PatientList)
        try await command.run(daemon.session(format))
    }

    @Test(
        "a program gets a whole list, line by line, under one heading",
        arguments: [OutputFormat.tsv, .csv, .ndjson])
    func whole(format: OutputFormat) async throws {
        let daemon = daemon(of: 2501)
        try await list(daemon, format)
        #expect(daemon.lines.count == 2501 + (format == .csv ? 1 : 0))
        #expect(daemon.lines.last!.contains("patient_2500"))
        #expect(daemon.notes.isEmpty)
    }

    @Test("lines are out before the last page is asked for, and stay when that fails")
    func streamed() async throws {
        let daemon = daemon(of: 20)
        daemon.on(Methods.PatientService.listPatients) { request in
            guard request.pageToken.isEmpty else {
                #expect(daemon.lines.count == 10)
                throw FakeFailure.gone
            }
            return .with {
                $0.patients = (0..<10).map { index in .with { $0.id = "patient_\(index)" } }
                $0.nextPageToken = "10"
            }
        }
        await #expect(throws: CommandFailure.self) {
            try await list(daemon, .ndjson, "--page-size", "10")
        }
        #expect(daemon.lines.count == 10)
    }

    private enum FakeFailure: Error { case gone }

    @Test("a JSON object holds all")
    func object() async throws {
        let daemon = daemon(of: 1200)
        try await list(daemon, .json)
        #expect(daemon.lines.joined().split(separator: "patient_").count == 1201)
    }

    @Test("a table stops at 1000 and says so; --limit bounds every format")
    func bounded() async throws {
        let table = daemon(of: 1001)
        try await list(table, .table)
        #expect(table.lines.count == 1001, "with its heading")
        #expect(table.notes == ["There are more than these 1000; --limit goes on."])
        for format in [OutputFormat.tsv, .json, .table] {
            let daemon = daemon(of: 30)
            try await list(daemon, format, "--limit", "11", "--page-size", "4")
            #expect(daemon.lines.joined().contains("patient_10"))
            #expect(!daemon.lines.joined().contains("patient_11"))
            #expect(daemon.notes == ["There are more than these 11; --limit goes on."])
        }
        let exact = daemon(of: 11)
        try await list(exact, .tsv, "--limit", "11", "--page-size", "4")
        #expect(exact.notes.isEmpty && exact.lines.count == 11)
    }

    @Test(
        "sizes that the daemon would refuse are refused here",
        arguments: [
            ["--limit", "0"], ["--limit", "-1"], ["--page-size", "0"], ["--page-size", "1001"],
        ])
    func sizes(words: [String]) {
        #expect(throws: (any Error).self) {
            try Slotctl.parseAsRoot(["patient", "list"] + words)
        }
    }

    @Test("starts come page by page, each with its own providers, under one heading")
    func starts() async throws {
        let daemon = FakeDaemon()
        daemon.on(Methods.CatalogService.listLocations) { _ in
            .with {
                $0.locations = [
                    .with {
                        $0.id = "location_1"
                        $0.name = "Downtown"
                        $0.timeZone = "America/New_York"
                    }
                ]
            }
        }
        daemon.on(Methods.CatalogService.listServices) { _ in
            .with {
                $0.services = [
                    .with {
                        $0.id = "service_1"
                        $0.name = "Botox"
                    }
                ]
            }
        }
        daemon.on(Methods.CatalogService.listProviders) { _ in .init() }
        daemon.on(Methods.AvailabilityService.findSlots) { request in
            .with {
                let isFirst = request.pageToken.isEmpty
                let slot = Slotd_V1_Slot.with {
                    $0.start = rfc3339Moment("2026-11-24T15:00:00Z")!.timestamp
                    $0.end = rfc3339Moment("2026-11-24T15:30:00Z")!.timestamp
                    $0.providerIndexes = [0]
                }
                $0.slots = Array(repeating: slot, count: Int(request.pageSize))
                $0.providerIds = [isFirst ? "provider_1" : "provider_2"]
                $0.nextPageToken = isFirst ? "2" : ""
            }
        }
        let command = try #require(
            try Slotctl.parseAsRoot([
                "slots", "find", "--service", "Botox", "--page-size", "700",
            ]) as? SlotsFind)
        try await command.run(daemon.session(.csv))
        #expect(daemon.lines.count == 1401)
        #expect(daemon.lines[700].hasSuffix("provider_1,provider_1"))
        #expect(daemon.lines[701].hasSuffix("provider_2,provider_2"))
    }

    @Test(
        "the catalog's lists, too, take a limit and the size of a page",
        arguments: ["location", "provider", "service", "resource", "procedure-type", "org"])
    func catalog(noun: String) async throws {
        let daemon = FakeDaemon()
        let sizes = PageSizes()
        daemon.page(Methods.CatalogService.listLocations, \.locations, sizes)
        daemon.page(Methods.CatalogService.listProviders, \.providers, sizes)
        daemon.page(Methods.CatalogService.listServices, \.services, sizes)
        daemon.page(Methods.CatalogService.listResources, \.resources, sizes)
        daemon.page(Methods.CatalogService.listProcedureTypes, \.procedureTypes, sizes)
        daemon.page(Methods.AdminService.listOrganizations, \.organizations, sizes)
        let command = try #require(
            try Slotctl.parseAsRoot([noun, "list", "--page-size", "3", "--limit", "5"])
                as? any SessionCommand)
        try await command.run(daemon.session(.ndjson))
        #expect(daemon.lines.count == 5)
        #expect(sizes.asked.withLock { $0 } == [3, 2])
        #expect(daemon.notes.joined().contains("more than these 5"))
    }
}

/// The sizes of the pages that were asked for.
private final class PageSizes: Sendable {
    let asked = Mutex<[Int32]>([])
}

extension FakeDaemon {
    /// Answers with as many records as are asked for, and always with more to come.
    fileprivate func page<Request: PagedRequest, Reply: PagedReply>(
        _ method: Method<Request, Reply>,
        _ records: WritableKeyPath<Reply, [Reply.Element]> & Sendable,
        _ sizes: PageSizes
    ) where Reply.Element: Message {
        on(method) { request in
            sizes.asked.withLock { $0.append(request.pageSize) }
            var reply = Reply()
            reply[keyPath: records] = (0..<request.pageSize).map { _ in Reply.Element() }
            reply.nextPageToken = "more"
            return reply
        }
    }
}
