import GRPCWire
import HTTP2
import Testing

@testable import RPC

/// The reference answers to odd requests.
@Suite("Odd requests")
struct EdgeTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var headers: [(String, String?)] = []
        var body: [UInt8] = RawPeer.message([1, 2, 3])
        var ends = true
        var httpStatus = "200"
        var grpcStatus: Int
        var field: (name: String, value: String)?

        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "a proper request", grpcStatus: 0),
        Case(name: "no te", headers: [("te", nil)], grpcStatus: 0),
        Case(
            name: "another sub-type", headers: [("content-type", "application/grpc+proto")],
            grpcStatus: 0),
        Case(
            name: "content type of another protocol",
            headers: [("content-type", "application/json")], httpStatus: "415", grpcStatus: 3),
        Case(
            name: "grpc-web", headers: [("content-type", "application/grpc-web")],
            httpStatus: "415", grpcStatus: 3),
        Case(
            name: "no content type", headers: [("content-type", nil)], httpStatus: "415",
            grpcStatus: 3),
        Case(
            name: "GET", headers: [(":method", "GET")], httpStatus: "405", grpcStatus: 13,
            field: ("allow", "POST")),
        Case(
            name: "unknown method", headers: [(":path", "/test.Echo/No")], grpcStatus: 12,
            field: ("grpc-message", "unknown method No for service test.Echo")),
        Case(
            name: "unknown service", headers: [(":path", "/test.No/No")], grpcStatus: 12,
            field: ("grpc-message", "unknown service test.No")),
        Case(name: "malformed path", headers: [(":path", "/nothing")], grpcStatus: 12),
        Case(name: "bad timeout", headers: [("grpc-timeout", "abc")], grpcStatus: 13),
        Case(
            name: "timeout of nine digits", headers: [("grpc-timeout", "123456789m")],
            grpcStatus: 13),
        Case(name: "no time at all", headers: [("grpc-timeout", "0n")], grpcStatus: 4),
        Case(name: "endless timeout", headers: [("grpc-timeout", "99999999H")], grpcStatus: 0),
        Case(
            name: "unknown encoding", headers: [("grpc-encoding", "zzz")], grpcStatus: 12,
            field: ("grpc-accept-encoding", "identity,gzip")),
        Case(name: "identity named", headers: [("grpc-encoding", "identity")], grpcStatus: 0),
        Case(
            name: "flag without encoding", body: RawPeer.message([1], flag: 1), grpcStatus: 13),
        Case(
            name: "flag with identity", headers: [("grpc-encoding", "identity")],
            body: RawPeer.message([1], flag: 1), grpcStatus: 13),
        Case(
            name: "bad gzip", headers: [("grpc-encoding", "gzip")],
            body: RawPeer.message([1, 2, 3], flag: 1), grpcStatus: 13),
        Case(name: "unknown flag", body: RawPeer.message([1], flag: 2), grpcStatus: 13),
        Case(name: "no message", body: [], grpcStatus: 12),
        Case(
            name: "two messages", body: RawPeer.message([1]) + RawPeer.message([2]),
            grpcStatus: 12),
        Case(name: "truncated message", body: [0, 0, 0, 0, 9, 1], grpcStatus: 13),
        Case(name: "truncated prefix", body: [0, 0, 0], grpcStatus: 13),
        Case(name: "announced 100 MB", body: [0, 5, 245, 225, 0], ends: false, grpcStatus: 8),
        Case(name: "bad -bin", headers: [("x-bin", "!!")], grpcStatus: 13),
        Case(name: "good -bin list", headers: [("x-bin", "YQ==,Yg")], grpcStatus: 0),
        Case(
            name: "server stream without a message", headers: [(":path", Echo.flood)], body: [],
            grpcStatus: 12),
        Case(
            name: "client stream cut short", headers: [(":path", Echo.count)],
            body: [0, 0, 0, 0, 9, 1], grpcStatus: 13),
    ]

    @Test("Each odd request gets its answer, whole or in slices of a byte", arguments: cases)
    func answer(edge: Case) throws {
        for slice in [Int.max, 1] {
            let peer = try RawPeer()
            defer { peer.disconnect() }
            peer.sliceByteCount = slice
            let slot = try peer.open(edge.headers)
            if peer.answer(slot).closeCode == nil {
                try peer.send(slot, edge.body, ends: edge.ends)
            }
            let answer = peer.answer(slot)
            #expect(answer.headers[":status"] == edge.httpStatus)
            #expect(answer.grpcStatus == edge.grpcStatus)
            #expect(answer.isEnded)
            if let field = edge.field { #expect(answer.headers[field.name] == field.value) }
            if edge.grpcStatus == 0 { #expect(answer.body == edge.body) }
            // The connection lives on.
            let next = try peer.open()
            try peer.send(next, RawPeer.message([9]), ends: true)
            #expect(peer.answer(next).grpcStatus == 0)
            #expect(peer.connection.runningCallCount == 0)
        }
    }

    @Test("A status before the end of the request is trailers-only, then RST_STREAM(NO_ERROR)")
    func earlyAnswer() throws {
        let peer = try RawPeer()
        defer { peer.disconnect() }
        let slot = try peer.open([(":path", "/no.Such/Method")])
        let answer = peer.answer(slot)
        #expect(answer.grpcStatus == 12)
        #expect(answer.trailers.isEmpty)
        #expect(answer.closeCode == ErrorCode.noError)
    }

    @Test("A message of the limit passes, one byte more does not", arguments: [100, 101])
    func messageLimit(count: Int) throws {
        var limits = RPCLimits()
        limits.receiveMessageBytesMax = 100
        let peer = try RawPeer(limits: limits)
        defer { peer.disconnect() }
        let slot = try peer.open()
        try peer.send(slot, RawPeer.message([UInt8](repeating: 1, count: count)), ends: true)
        #expect(peer.answer(slot).grpcStatus == (count == 100 ? 0 : 8))
    }

    @Test("Metadata of the limit passes, one byte or one field more does not")
    func metadataLimit() throws {
        var limits = RPCLimits()
        limits.session.headerFieldsMax = 10
        limits.session.headerListBytesMax = 1000
        let base = RawPeer.standard.reduce(0) { $0 + $1.0.utf8.count + $1.1.utf8.count + 32 }
        for (extra, status) in [(0, 0), (1, 8)] {
            let peer = try RawPeer(limits: limits)
            defer { peer.disconnect() }
            let value = String(repeating: "v", count: 1000 - base - 33 + extra)
            let slot = try peer.open([("x", value)])
            if status == 0 { try peer.send(slot, RawPeer.message([]), ends: true) }
            #expect(peer.answer(slot).grpcStatus == status)
        }
        for (fields, status) in [(4, 0), (5, 8)] {
            let peer = try RawPeer(limits: limits)
            defer { peer.disconnect() }
            let slot = try peer.open((0..<fields).map { ("x\($0)", "v") })
            if status == 0 { try peer.send(slot, RawPeer.message([]), ends: true) }
            #expect(peer.answer(slot).grpcStatus == status)
        }
    }

    @Test("Client trailers end the request")
    func clientTrailers() throws {
        let peer = try RawPeer()
        defer { peer.disconnect() }
        let slot = try peer.open()
        peer.frame(type: 0, flags: 0, slot: slot, payload: RawPeer.message([4]))
        // HEADERS, END_HEADERS | END_STREAM, a literal field without indexing: "x: y".
        peer.frame(type: 1, flags: 5, slot: slot, payload: [0, 1, 0x78, 1, 0x79])
        try peer.exchange()
        #expect(peer.answer(slot).grpcStatus == 0)
        #expect(peer.answer(slot).body == RawPeer.message([4]))
    }
}
