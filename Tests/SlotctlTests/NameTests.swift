internal import GRPCWire
internal import SlotdAPI
internal import SwiftProtobuf
internal import Testing

@testable internal import slotctl

struct NameTests {
    private let people: [Slotd_V1_Provider] = ["Ann Kim", "Ann Lee", "Bob", "Bobby"].enumerated()
        .map { index, name in
            .with {
                $0.id = testID(.provider, "abcd"[index])
                $0.name = name
                $0.externalRef = "P\(index)"
            }
        }

    @Test("a name means the record that is called so, else the only one that begins so")
    func picking() throws {
        #expect(try pick("bob", kind: .provider, from: people).name == "Bob")
        #expect(try pick("ann l", kind: .provider, from: people).name == "Ann Lee")
        #expect(try pick("lee", kind: .provider, from: people).name == "Ann Lee")
        #expect(try pick("P3", kind: .provider, from: people).name == "Bobby")
    }

    @Test("an ambiguous name lists what it could mean; an unknown one is exit 3")
    func refusals() {
        #expect { try pick("ann", kind: .provider, from: people) } throws: { error in
            guard let failure = error as? CommandFailure else { return false }
            return failure.exitStatus == .failure && failure.candidates.count == 2
                && failure.candidates[0].contains("Ann Kim  ref:P0")
        }
        #expect { try pick("carl", kind: .provider, from: people) } throws: { error in
            (error as? CommandFailure)?.exitStatus == .notFound
        }
    }

    @Test("an empty name is exit 64 before anything is asked for or sent")
    func empty() async throws {
        let session = try FakeDaemon().session()
        let nameless = [Slotd_V1_Provider.with { $0.name = "No reference" }]
        #expect { try pick("", kind: .provider, from: nameless) } throws: { error in
            (error as? CommandFailure)?.exitStatus == .usage
        }
        await #expect { try await session.bookingID("") } throws: { error in
            (error as? CommandFailure)?.exitStatus == .usage
        }
        #expect(try await session.patientID(nil) == "")
    }

    @Test("ids and references go to the daemon as they are, everything else is looked up")
    func kinds() {
        #expect(
            RecordName("booking_01h455vb4pex5vsknk084sn02q", kind: .booking)
                == .exact("booking_01h455vb4pex5vsknk084sn02q"))
        #expect(RecordName("ref:A b", kind: .booking) == .exact("ref:A b"))
        #expect(RecordName("booking_01h", kind: .booking) == .spoken("booking_01h"))
        #expect(
            RecordName("proctype_01h455vb4pex5vsknk084sn02q", kind: .provider)
                == .spoken("proctype_01h455vb4pex5vsknk084sn02q"))
    }

    @Test("the end of an id names a booking of these days, if it is the only one")
    func suffix() async throws {
        let daemon = FakeDaemon()
        daemon.on(Methods.BookingService.listBookings) { request in
            .with {
                if request.pageToken.isEmpty { $0.nextPageToken = "2" }
                $0.bookings = [
                    .with { $0.id = testID(.booking, request.pageToken.isEmpty ? "a" : "b") }
                ]
            }
        }
        let session = try daemon.session()
        #expect(try await session.bookingID("…0000b") == testID(.booking, "b"))
        #expect(try await session.bookingID("0000a") == testID(.booking, "a"))
        await #expect(throws: CommandFailure.self) { try await session.bookingID("0000c") }
        let calls = daemon.calls.count
        #expect(try await session.bookingID(testID(.booking, "z")) == testID(.booking, "z"))
        #expect(daemon.calls.count == calls)
    }

    @Test("the end of an id finds a booking however far away, the nearest days first")
    func farSuffix() async throws {
        let daemon = FakeDaemon()
        daemon.on(Methods.BookingService.listBookings) { request in
            .with {
                // Two of next year end alike in the last four, and one of today does.
                let isAll = !request.hasFrom && !request.hasTo
                let ids = isAll ? ["a1", "b1", "c2"] : ["c2"]
                $0.bookings = ids.map { end in
                    .with { $0.id = "booking_" + String(repeating: "0", count: 21) + end + "000" }
                }
            }
        }
        let session = try daemon.session()
        #expect(try await session.bookingID("c2000").hasSuffix("c2000"))
        #expect(daemon.calls.count == 1)
        #expect(try await session.bookingID("b1000").hasSuffix("b1000"))
        #expect(daemon.calls.count == 4, "days, months, all")
        await #expect {
            _ = try await session.bookingID("1000")
        } throws: { error in
            (error as? CommandFailure)?.code == "AMBIGUOUS_NAME"
        }
    }

    @Test("without a name the only location is meant, and several are listed")
    func onlyLocation() async throws {
        let daemon = FakeDaemon()
        daemon.on(Methods.CatalogService.listLocations) { _ in
            .with { $0.locations = [.with { $0.name = "Downtown" }] }
        }
        #expect(try await daemon.session().location(nil).name == "Downtown")
        daemon.on(Methods.CatalogService.listLocations) { _ in
            .with { $0.locations = [.with { $0.name = "A" }, .with { $0.name = "B" }] }
        }
        let session = try daemon.session()
        await #expect { try await session.location(nil) } throws: { error in
            (error as? CommandFailure)?.message.contains("“A”, “B”") == true
        }
        #expect(try await daemon.session(location: "b").location(nil).name == "B")
    }

    @Test("each call says for whom it is made")
    func metadata() async throws {
        let daemon = FakeDaemon()
        daemon.on(Methods.CatalogService.listLocations) { _ in .init() }
        _ = try await daemon.session().locations()
        #expect(daemon.metadata[0].first("x-slotd-organization") == "aurora")
        #expect(daemon.metadata[0].first("x-slotd-actor") == "ada")
    }
}

extension String {
    fileprivate subscript(index: Int) -> Character { self[self.index(startIndex, offsetBy: index)] }
}
