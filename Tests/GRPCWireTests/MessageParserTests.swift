import GRPCWire
import TestSupport
import Testing

@Suite("Message framing")
struct MessageParserTests {
    private func framed(_ payload: [UInt8], flag: UInt8 = 0) -> [UInt8] {
        let count = UInt32(payload.count)
        return [
            flag, UInt8(count >> 24), UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF),
            UInt8(count & 0xFF),
        ] + payload
    }

    private func parse(
        _ slices: [[UInt8]], limit: Int = 1000
    ) throws(MessageParser.Failure) -> (messages: [StreamMessage], isAtBoundary: Bool) {
        var parser = MessageParser(messageBytesMax: limit)
        var messages: [StreamMessage] = []
        for slice in slices {
            typealias Outcome = Result<[StreamMessage], MessageParser.Failure>
            let result = slice.withUnsafeBytes { raw -> Outcome in
                var offset = 0
                var found: [StreamMessage] = []
                do throws(MessageParser.Failure) {
                    while let message = try parser.next(raw, offset: &offset) {
                        found.append(message)
                    }
                } catch {
                    return .failure(error)
                }
                return .success(found)
            }
            messages += try result.get()
        }
        return (messages, parser.isAtBoundary)
    }

    @Test("However the bytes are cut, the same messages come out")
    func anyCut() throws {
        for seed in UInt64(1)...300 {
            var random = SeededGenerator(seed: seed)
            let payloads = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                random.bytes(upTo: 60)
            }
            let bytes = payloads.flatMap { framed($0) }
            var slices: [[UInt8]] = []
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + Int.random(in: 1...30, using: &random))
                slices.append(Array(bytes[start..<end]))
                start = end
            }
            let whole = try parse([bytes])
            let cut = try parse(slices)
            let single = try parse(bytes.map { [$0] })
            #expect(whole.messages.map(\.bytes) == payloads, "seed \(seed)")
            #expect(cut.messages.map(\.bytes) == payloads, "seed \(seed)")
            #expect(single.messages.map(\.bytes) == payloads, "seed \(seed)")
            #expect(whole.isAtBoundary && cut.isAtBoundary && single.isAtBoundary, "seed \(seed)")
        }
    }

    @Test("A message of the limit passes, one byte more fails at the fifth byte")
    func limit() throws {
        let atLimit = [UInt8](repeating: 7, count: 100)
        #expect(try parse([framed(atLimit)], limit: 100).messages.map(\.bytes) == [atLimit])
        #expect(throws: MessageParser.Failure.tooLarge(byteCount: 101, limit: 100)) {
            try parse([[0, 0, 0, 0, 101]], limit: 100)
        }
    }

    @Test("The compressed flag is reported, and any other flag refused")
    func flags() throws {
        #expect(try parse([framed([1], flag: 1)]).messages.first?.wasCompressed == true)
        #expect(throws: MessageParser.Failure.invalidFlag(2)) { try parse([framed([1], flag: 2)]) }
    }

    @Test("A message cut short is noticed at every length")
    func truncation() throws {
        let bytes = framed([1, 2, 3])
        for count in 1..<bytes.count {
            let outcome = try parse([Array(bytes.prefix(count))])
            #expect(outcome.messages.isEmpty)
            #expect(!outcome.isAtBoundary)
        }
    }
}
