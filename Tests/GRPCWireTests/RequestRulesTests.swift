import GRPCWire
import Testing

@Suite("Request rules")
struct RequestRulesTests {
    @Test(
        "Only application/grpc and its sub-types are gRPC",
        arguments: [
            ("application/grpc", true), ("application/grpc+proto", true),
            ("application/grpc;charset=utf-8", true), ("Application/GRPC", true),
            ("application/grpc-web", false), ("application/json", false), ("", false),
            ("application/grp", false), ("application/grpcx", false),
        ])
    func contentType(text: String, isGRPC: Bool) {
        #expect(ContentType.isGRPC(Array(text.utf8).span) == isGRPC)
    }

    @Test("A path is split at its last slash")
    func paths() {
        #expect(MethodPath("/a.B/C")?.service == "a.B")
        #expect(MethodPath("/a.B/C")?.method == "C")
        #expect(MethodPath("/x/a.B/C")?.service == "x/a.B")
    }

    @Test("A malformed path is refused", arguments: ["", "/", "//", "a/b", "/a", "/a/", "//b"])
    func malformedPaths(path: String) {
        #expect(MethodPath(path) == nil)
    }

    @Test("Metadata keeps order and duplicates, lower-cases keys, refuses what can not be sent")
    func metadata() {
        var metadata = Metadata()
        let taken = [
            metadata.append("X-One", "a"), metadata.append("x-one", "b"),
            metadata.append("trace-bin", [0, 255]), metadata.append("grpc-retry-pushback-ms", "12"),
        ]
        #expect(taken == [true, true, true, true])
        var refused: [Bool] = []
        for key in ["grpc-status", ":path", "te", "content-type", "a b", "", "ключ", "trace-bin"] {
            refused.append(metadata.append(key, "x"))
        }
        refused.append(metadata.append("x-one", "naïve"))
        refused.append(metadata.append("x-one", " edge"))
        refused.append(metadata.append("x-one", [1]))
        #expect(!refused.contains(true))
        #expect(metadata.all("x-one") == [.text("a"), .text("b")])
        #expect(metadata.first("x-one") == "a")
        #expect(metadata.firstBinary("trace-bin") == [0, 255])
        #expect(metadata.entries.count == 4)
    }

    @Test("An unknown path says what is unknown")
    func routes() {
        var table = ServiceTable()
        table.unary("/a.B/C") { _, request in .message(request) }
        #expect(table.lookUp("/a.B/C") == .success(0))
        let refusals = [
            "/a.B/X": "unknown method X for service a.B", "/a.X/C": "unknown service a.X",
            "junk": "malformed method name: junk",
        ]
        for (path, message) in refusals {
            #expect(table.lookUp(path) == .failure(Status(.unimplemented, message)))
        }
        #expect(table.serviceNames == ["a.B"])
    }

    @Test("Status numbers outside the table, and anything that is no number, are UNKNOWN")
    func statusNumbers() {
        for code in StatusCode.allCases {
            #expect(StatusCode(wire: Array("\(code.rawValue)".utf8).span) == code)
        }
        for text in ["17", "99", "", "abc", "-1", "100"] {
            #expect(StatusCode(wire: Array(text.utf8).span) == .unknown)
        }
    }

    @Test("HTTP and HTTP/2 codes map as gRPC documents them")
    func maps() {
        #expect(StatusCode(httpStatus: 404) == .unimplemented)
        #expect(StatusCode(httpStatus: 503) == .unavailable)
        #expect(StatusCode(httpStatus: 200) == .unknown)
        #expect(StatusCode(http2Error: 7) == .unavailable)
        #expect(StatusCode(http2Error: 8) == .cancelled)
        #expect(StatusCode(http2Error: 11) == .resourceExhausted)
        #expect(StatusCode(http2Error: 0) == .internal)
        #expect(StatusCode(http2Error: 99) == .unknown)
    }
}
