import CNghttp2
import Testing

@testable import HTTP2

@Suite struct SessionMemoryTests {
    /// A block, and what was written to it.
    fileprivate struct Held {
        var block: UnsafeMutableRawPointer
        var size: Int
        var mark: UInt8
    }

    @Test("Blocks keep what is written to them while others come and go", arguments: [1, 2, 3])
    func keepsContents(seed: UInt64) throws {
        let memory = SessionMemory()
        let functions = memory.functions
        let state = functions.mem_user_data
        var random = seed
        func next(below bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(random >> 33) % bound
        }
        func isWhole(_ held: Held, upTo size: Int) -> Bool {
            UnsafeRawBufferPointer(start: held.block, count: size).allSatisfy { $0 == held.mark }
        }
        func fill(_ held: Held) {
            held.block.initializeMemory(as: UInt8.self, repeating: held.mark, count: held.size)
        }
        var held: [Held] = []
        for step in 0..<20_000 {
            // Mostly small, at times above what is kept in lists.
            let size = next(below: 8) == 0 ? next(below: 5000) : next(below: 400)
            let mark = UInt8(truncatingIfNeeded: step)
            switch next(below: 5) {
            case 0, 1:
                let block = try #require(functions.malloc(size, state))
                #expect(UInt(bitPattern: block) % 16 == 0)
                held.append(Held(block: block, size: size, mark: mark))
                fill(held[held.count - 1])
            case 2:
                let block = try #require(functions.calloc(size, 1, state))
                let bytes = UnsafeRawBufferPointer(start: block, count: size)
                #expect(bytes.allSatisfy { $0 == 0 })
                held.append(Held(block: block, size: size, mark: mark))
                fill(held[held.count - 1])
            case 3 where !held.isEmpty:
                let index = next(below: held.count)
                let block = try #require(functions.realloc(held[index].block, size, state))
                held[index].block = block
                #expect(isWhole(held[index], upTo: min(size, held[index].size)))
                held[index].size = size
                fill(held[index])
            default:
                guard !held.isEmpty else { continue }
                let gone = held.swapAt(next(below: held.count))
                #expect(isWhole(gone, upTo: gone.size))
                functions.free(gone.block, state)
            }
            #expect(memory.liveBlockCount == held.count)
        }
        for one in held {
            #expect(isWhole(one, upTo: one.size))
            functions.free(one.block, state)
        }
        functions.free(nil, state)
        #expect(memory.liveBlockCount == 0)
    }

    @Test("A block may outlive the session and whoever made the memory")
    func outlives() throws {
        weak var remains: SessionMemory?
        let functions: nghttp2_mem
        let block: UnsafeMutableRawPointer?
        do {
            let memory = SessionMemory()
            remains = memory
            functions = memory.functions
            block = functions.malloc(100, functions.mem_user_data)
        }
        #expect(remains != nil)
        functions.free(block, functions.mem_user_data)
        #expect(remains == nil)
    }

    @Test("Nothing is left when the session is gone", arguments: [true, false])
    func nothingLeft(isServer: Bool) throws {
        let memory = SessionMemory()
        do {
            let session = try Session(
                role: isServer ? .server : .client, options: SessionOptions(), memory: memory)
            #expect(memory.liveBlockCount > 0)
            #expect(session.streamCount == 0)
        }
        #expect(memory.liveBlockCount == 0)
    }
}

extension [SessionMemoryTests.Held] {
    /// Takes an element out, the last one filling its place.
    fileprivate mutating func swapAt(_ index: Int) -> Element {
        swapAt(index, count - 1)
        return removeLast()
    }
}
