internal import Glibc
internal import TestSupport
internal import Testing

@testable internal import Storage

@Suite("The high-water mark")
struct HighWaterMarkTests {
    let temporary = TemporaryDirectory()
    var path: String { temporary.file("mark") }

    func mark(_ sequence: Int64) -> HighWaterMark {
        HighWaterMark(sequence: sequence, checksum: UInt64(bitPattern: -sequence))
    }

    @Test("is the last one written, also after opening again")
    func last() throws {
        #expect(try HighWaterMark.File(path: path).mark == nil)
        for sequence in [1, 2, 3, .max] as [Int64] {
            do {
                var file = try HighWaterMark.File(path: path)
                #expect(file.write(mark(sequence)) == nil)
                #expect(file.mark == mark(sequence))
            }
            #expect(try HighWaterMark.File(path: path).mark == mark(sequence))
        }
    }

    @Test("a torn write leaves the mark before it")
    func torn() throws {
        do {
            var file = try HighWaterMark.File(path: path)
            for sequence in 1...4 as ClosedRange<Int64> {
                #expect(file.write(mark(sequence)) == nil)
            }
        }
        // Slots are written in turn: the fourth mark is in the second one.
        let descriptor = open(path, O_RDWR)
        defer { close(descriptor) }
        let line = Array("slotd-mark 1 4 fffffffffffffffc".utf8)
        for count in line.indices {
            var spoiled = line
            spoiled[count] ^= 1
            pwrite(descriptor, spoiled, spoiled.count, 4096)
            #expect(try HighWaterMark.File(path: path).mark == mark(3), "byte \(count)")
        }
    }
}
