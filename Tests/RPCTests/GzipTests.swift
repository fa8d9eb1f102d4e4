import Gzip
import Testing

@Suite("Gzip")
struct GzipTests {
    private func sample(_ count: Int) -> [UInt8] {
        var state: UInt32 = 7
        return (0..<count).map { index in
            state = state &* 1_664_525 &+ 1_013_904_223
            return index % 3 == 0 ? UInt8(state >> 24) : UInt8(index % 7)
        }
    }

    @Test("What is compressed is read back, one instance after another", arguments: [0, 1, 70_000])
    func roundTrip(count: Int) throws {
        var deflater = Deflater()
        var inflater = Inflater()
        for _ in 0..<3 {
            let bytes = sample(count)
            let packed = deflater.compress(bytes)
            #expect(try inflater.decompress(packed, outputBytesMax: count) == bytes)
        }
    }

    @Test("Output of exactly the limit passes, one byte more does not")
    func limit() {
        var deflater = Deflater()
        var inflater = Inflater()
        let packed = deflater.compress([UInt8](repeating: 0, count: 5_000_000))
        #expect(packed.count < 50_000)
        #expect(throws: GzipError.tooLarge(limit: 4_999_999)) {
            _ = try inflater.decompress(packed, outputBytesMax: 4_999_999)
        }
        let again = try? inflater.decompress(packed, outputBytesMax: 5_000_000)
        #expect(again?.count == 5_000_000)
    }

    @Test("Damage and truncation are errors at every place")
    func damage() {
        var deflater = Deflater()
        let packed = deflater.compress(sample(300))
        for count in 0..<packed.count {
            var inflater = Inflater()
            #expect(throws: GzipError.self) {
                _ = try inflater.decompress(Array(packed.prefix(count)), outputBytesMax: 1000)
            }
        }
        for index in [0, 1, 2] + Array((packed.count - 8)..<packed.count) {
            var broken = packed
            broken[index] ^= 0x55
            var inflater = Inflater()
            #expect(throws: GzipError.self) {
                _ = try inflater.decompress(broken, outputBytesMax: 1000)
            }
        }
    }

    @Test("A file is read in pieces of any size, also when made of several members")
    func pieces() throws {
        var deflater = Deflater(level: 9)
        let bytes = sample(40_000)
        let file = deflater.compress(bytes) + deflater.compress(bytes)
        for size in [1, 7, 4096, file.count] {
            var inflater = Inflater()
            var output: [UInt8] = []
            var start = 0
            while start < file.count {
                let end = min(start + size, file.count)
                try inflater.push(Array(file[start..<end]), into: &output)
                start = end
            }
            try inflater.finish()
            #expect(output == bytes + bytes)
        }
    }
}
