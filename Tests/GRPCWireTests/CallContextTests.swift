import Testing

@testable import GRPCWire

@Suite struct CallContextTests {
    private final class Responder: CallResponder {
        let peer: String
        init(_ peer: String) { self.peer = peer }
        func finish(_ answer: UnaryAnswer, token: UInt64) {}
    }

    @Test("A call that is answered through somebody else loses nothing on the way to its handler")
    func answeredThrough() throws {
        var metadata = Metadata()
        metadata.append("x-trace", "7")
        let call = CallContext(
            method: "/demo.Greeter/Greet", metadata: metadata, deadline: 5, loop: 3,
            requestWasCompressed: true, isInTurn: true, responder: Responder("peer"), token: 9)
        let relayed = call.answered(through: Responder("between"))
        #expect(relayed.peer == "between")
        let before = Mirror(reflecting: call).children
        let after = Mirror(reflecting: relayed).children
        #expect(before.count == 8, "a new property is passed on, and its value above is no default")
        for (one, other) in zip(before, after) where one.label != "responder" {
            #expect(String(describing: one.value) == String(describing: other.value))
        }
    }
}
