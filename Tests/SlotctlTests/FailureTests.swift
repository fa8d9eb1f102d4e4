internal import Foundation
internal import GRPCWire
internal import SlotdAPI
internal import SwiftProtobuf
internal import Testing

@testable internal import slotctl

struct FailureTests {
    @Test("every status code has the exit status that scripts rely on")
    func exitStatus() {
        let expected: [StatusCode: Int32] = [
            .ok: 0, .cancelled: 2, .unknown: 1, .invalidArgument: 1, .deadlineExceeded: 6,
            .notFound: 3, .alreadyExists: 5, .permissionDenied: 4, .resourceExhausted: 6,
            .failedPrecondition: 5, .aborted: 5, .outOfRange: 1, .unimplemented: 1, .internal: 1,
            .unavailable: 6, .dataLoss: 1, .unauthenticated: 4,
        ]
        for code in StatusCode.allCases {
            #expect(ExitStatus(code).rawValue == expected[code], "\(code)")
        }
        #expect(ExitStatus.usage.rawValue == 64)
        #expect(ExitStatus.interrupted.rawValue == 130)
    }

    private func status() throws -> Status {
        let details = Google_Rpc_Status.with {
            $0.code = 9
            $0.message = "the slot is taken"
            $0.details = [
                try! Google_Protobuf_Any(
                    message: Google_Rpc_ErrorInfo.with {
                        $0.reason = "SLOT_TAKEN"
                        $0.domain = "slotd"
                        $0.metadata = ["next_free_start": "2026-11-24T15:00:00Z"]
                    }),
                try! Google_Protobuf_Any(
                    message: Google_Rpc_BadRequest.with {
                        $0.fieldViolations = [
                            .with {
                                $0.field = "booking.start"
                                $0.description_p = "is taken"
                            }
                        ]
                    }),
                try! Google_Protobuf_Any(
                    message: Google_Rpc_ResourceInfo.with {
                        $0.resourceType = "booking"
                        $0.resourceName = "booking_x"
                    }),
                try! Google_Protobuf_Any(
                    message: Google_Rpc_RetryInfo.with { $0.retryDelay.seconds = 90 }),
            ]
        }
        return Status(
            .failedPrecondition, "the slot is taken", details: try details.serializedBytes())
    }

    @Test("a status' details become reason, fields, record, facts and a time to try again")
    func details() throws {
        let failure = CommandFailure(try status())
        #expect(failure.reason == "SLOT_TAKEN")
        #expect(failure.exitStatus == .conflict)
        #expect(failure.violations == [.init(field: "booking.start", description: "is taken")])
        #expect(failure.resource == .init(kind: "booking", id: "booking_x"))
        #expect(failure.retryAfterSeconds == 90)
        #expect(failure.isRetryable)
        #expect(
            FailureReport(failure: failure).lines(.none) == [
                "Error: the slot is taken",
                "  booking.start: is taken",
                "  about: booking booking_x",
                "  next free start: 2026-11-24T15:00:00Z",
                "  try again in 90 s",
                "  FAILED_PRECONDITION, SLOT_TAKEN (slotctl explain error SLOT_TAKEN)",
            ])
        #expect(
            FailureReport(failure: failure).json
                == "{\"apiVersion\":\"slotd.v1\",\"code\":\"FAILED_PRECONDITION\","
                + "\"reason\":\"SLOT_TAKEN\",\"message\":\"the slot is taken\",\"retryable\":true,"
                + "\"retryAfterSeconds\":90.0,"
                + "\"violations\":[{\"field\":\"booking.start\",\"description\":\"is taken\"}],"
                + "\"resource\":{\"kind\":\"booking\",\"id\":\"booking_x\"},"
                + "\"facts\":{\"next_free_start\":\"2026-11-24T15:00:00Z\"}}")
    }

    @Test("a status without details, or with damaged ones, is still told")
    func bare() {
        let failure = CommandFailure(Status(.unavailable, "", details: [0xFF, 0xFF]))
        #expect(failure.message == "UNAVAILABLE")
        #expect(failure.isRetryable)
        #expect(failure.reason.isEmpty)
    }

    @Test("every reason of the API is explained, in the API's spelling")
    func reasons() throws {
        let words = try Slotd_V1_Reason.allCases.filter { $0 != .unspecified }.map { reason in
            let text = try #require(ReasonText(reason), "\(reason)")
            // Protobuf's own JSON spelling of the value is the API's word.
            let json = try Slotd_V1_ImportResponse.with { $0.reason = reason }.jsonString()
            #expect(json == "{\"reason\":\"REASON_\(text.word)\"}")
            return text.word
        }
        #expect(Set(words).count == ReasonText.all.count)
        #expect(ReasonText(word: "reason-slot-taken")?.word == "SLOT_TAKEN")
        #expect(ReasonText(word: "nonsense") == nil)
    }

    @Test("errors are JSON when the command line asks for JSON, even one that was not understood")
    func wantsJSON() {
        func wants(_ arguments: [String], _ environment: [String: String] = [:]) -> Bool {
            Invocation.wantsJSON(arguments, environment: environment)
        }
        #expect(wants(["-o", "json", "nonsense"]))
        #expect(wants(["x", "--output=ndjson"]))
        #expect(!wants(["x", "-o", "csv"], ["SLOTD_OUTPUT": "json"]))
        #expect(wants(["x"], ["SLOTD_OUTPUT": "json"]))
        #expect(!wants(["x", "-o"]))
        #expect(wants(["x", "-ojson"]) && !wants(["x", "-ocsv"]) && wants(["-o=json"]))
    }

    @Test("errors are JSON when the context in use, or the one that is named, wants JSON")
    func wantsJSONByContext() throws {
        let file = ContextFile(
            current: "robot",
            contexts: ["robot": Context(output: "ndjson"), "person": Context(output: "table")])
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("slotctl-\(UUID().uuidString).yaml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try file.write(path)
        let environment = ["SLOTCTL_CONFIG": path]
        func wants(_ arguments: [String], _ more: [String: String] = [:]) -> Bool {
            let all = environment.merging(more) { $1 }
            return Invocation.wantsJSON(arguments, environment: all)
        }
        #expect(wants(["booking", "list"]))
        #expect(!wants(["x", "--context", "person"]) && !wants(["x", "--context=nobody"]))
        #expect(!wants(["x"], ["SLOTD_CONTEXT": "person"]))
        #expect(wants(["x", "--context=robot"], ["SLOTD_CONTEXT": "person"]))
        #expect(!wants(["x"], ["SLOTD_OUTPUT": "table"]) && !wants(["x", "-o", "table"]))
        #expect(!wants(["x"], ["SLOTCTL_CONFIG": "/proc/self/mem"]))
    }

    @Test("a mistyped word gets the nearest one suggested, a far one none")
    func suggestions() {
        #expect(Suggestion.command(for: ["bookng", "list"]) == "booking")
        #expect(Suggestion.command(for: ["procedure", "atach"]) == "attach")
        #expect(Suggestion.command(for: ["--verbose", "slots", "fnd"]) == "find")
        #expect(Suggestion.command(for: ["elephants"]) == nil)
        #expect(Suggestion.distance("kitten", "sitting") == 3)
    }
}
