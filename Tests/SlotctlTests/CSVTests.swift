internal import Foundation
internal import Testing

@testable internal import slotctl

/// RFC 4180 both ways, and what is none of it.
struct CSVTests {
    /// What is read from bytes that come in pieces of a size: fields, or a problem's sentence, with
    /// the line in front.
    private func read(_ bytes: [UInt8], pieces size: Int = 7) -> [String] {
        var parser = CSVParser()
        var seen: [String] = []
        func take(_ record: CSVParser.Record) {
            switch record.fields {
            case .success(let fields): seen.append("\(record.line) \(fields)")
            case .failure(let problem): seen.append("\(record.line) \(problem)")
            }
        }
        for start in stride(from: 0, to: bytes.count, by: size) {
            parser.push(Array(bytes[start..<min(start + size, bytes.count)]), take)
        }
        parser.finish(take)
        return seen
    }

    private func read(_ text: String) -> [String] { read(Array(text.utf8)) }

    @Test("what is written is what is read, whatever the fields and the pieces", arguments: 1...40)
    func roundTrip(seed: UInt64) {
        var random = SplitMix(state: seed)
        let alphabet = Array("ab ,\"\n\r'=+-@\t\u{FEFF}é日👩‍⚕️").map(String.init) + ["\u{301}"]
        for _ in 0..<25 {
            let rows = (0..<Int(random.next() % 6)).map { _ in
                (0...Int(random.next() % 4)).map { _ in
                    (0..<Int(random.next() % 6)).map { _ in
                        alphabet[Int(random.next() % UInt64(alphabet.count))]
                    }.joined()
                }
            }
            let end = random.next() % 2 == 0 ? "\n" : "\r\n"
            let text = rows.map { CSVText.line($0.map(CSVText.guarded)) + end }.joined()
            var parser = CSVParser()
            var found: [[String]] = []
            func take(_ record: CSVParser.Record) {
                found.append((try? record.fields.get().map(CSVText.unguarded)) ?? ["broken"])
            }
            // A mark that begins a file is the file's, not the first field's.
            let bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + Array(text.utf8)
            let size = Int(random.next() % 9) + 1
            for start in stride(from: 0, to: bytes.count, by: size) {
                parser.push(Array(bytes[start..<min(start + size, bytes.count)]), take)
            }
            parser.finish(take)
            #expect(found == rows, "seed \(seed)")
        }
    }

    @Test("any bytes are read to the end, in pieces of any size alike", arguments: 1...20)
    func anyBytes(seed: UInt64) {
        var random = SplitMix(state: seed)
        let alphabet: [UInt8] = Array("ab,\"\"\n\n\r'".utf8) + [0xEF, 0xBB, 0xBF, 0xFF, 0]
        let bytes = (0..<300).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
        let whole = read(bytes, pieces: bytes.count)
        for size in [1, 2, 3, 64] { #expect(read(bytes, pieces: size) == whole) }
    }

    @Test("quotes, commas, line ends and the mark of the start are read as RFC 4180 has them")
    func forms() {
        #expect(read("a,b\r\nc,d\n") == ["1 [\"a\", \"b\"]", "2 [\"c\", \"d\"]"])
        #expect(read("\u{FEFF}a,\n,b") == ["1 [\"a\", \"\"]", "2 [\"\", \"b\"]"])
        #expect(
            read("\"a\"\"b\",\"c\r\nd\"\r\ne,f") == [
                "1 [\"a\\\"b\", \"c\\r\\nd\"]", "3 [\"e\", \"f\"]",
            ])
        #expect(read("a,b,") == ["1 [\"a\", \"b\", \"\"]"])
        #expect(read("\n\r\na\n\n") == ["3 [\"a\"]"])
        #expect(read("\"\"\n") == ["1 [\"\"]"])
        #expect(read("").isEmpty && read("\u{FEFF}").isEmpty)
    }

    @Test("a line that breaks the rules is told by its number, and the next one is read")
    func problems() {
        #expect(
            read("a\nb\"c,d\ne\n") == ["1 [\"a\"]", "2 \(CSVProblem.strayQuote)", "3 [\"e\"]"])
        #expect(read("\"a\"b,c\nd") == ["1 \(CSVProblem.textAfterQuote)", "2 [\"d\"]"])
        #expect(read("a\rb\nc") == ["1 \(CSVProblem.strayCarriageReturn)", "2 [\"c\"]"])
        #expect(read("a\n\"b\nc\nd") == ["1 [\"a\"]", "2 \(CSVProblem.openQuote)"])
        let latin: [UInt8] = Array("a,b,".utf8) + [0xE9] + Array("\nc".utf8)
        #expect(read(latin) == ["1 field 3 is not UTF-8", "2 [\"c\"]"])
        let long = String(repeating: "x", count: CSVParser.recordBytesMax)
        #expect(read(long).count == 1 && read(long)[0].hasPrefix("1 [\"xxx"))
        #expect(read(long + "x\nb") == ["1 \(CSVProblem.tooLong)", "2 [\"b\"]"])
        let wide = String(repeating: ",", count: CSVParser.fieldsMax - 1)
        #expect(read(wide)[0].hasPrefix("1 ["))
        #expect(read(wide + ",\nb") == ["1 \(CSVProblem.tooManyFields)", "2 [\"b\"]"])
    }

    @Test("what a spreadsheet takes for a formula gets an apostrophe, and loses it when read")
    func formulas() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/formulas.json")
        let cases = try JSONDecoder().decode([Formula].self, from: Data(contentsOf: file))
        #expect(cases.count > 20)
        for formula in cases {
            #expect(CSVText.guarded(formula.text) == formula.cell)
            #expect(CSVText.unguarded(formula.cell) == formula.text)
        }
    }

    /// A case of the table that slotd's own CSV is held to as well.
    private struct Formula: Decodable {
        let text: String
        let cell: String
    }
}

/// Repeats for a seed (https://prng.di.unimi.it/splitmix64.c).
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
