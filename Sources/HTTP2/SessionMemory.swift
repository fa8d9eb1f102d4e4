internal import CNghttp2

/// The memory of nghttp2's small blocks, for one session.
///
/// nghttp2 takes some thirty blocks for each call, none above a few hundred bytes, and gives all of
/// them back: a list for each size answers that with two loads and a store, where the system's
/// allocator was a tenth of what a short call cost. Larger blocks are the system's.
///
/// Not thread-safe, and so never two sessions': the last who holds a closed connection may be a
/// call that is released on another thread, and ends the session there while others go on. Blocks
/// may outlive their session, as remembered header fields do; while there are any, the memory keeps
/// itself alive.
final class SessionMemory {
    /// Every block is preceded by its size class, and stays as aligned as malloc's are.
    private static let headerByteCount = 16
    /// Sizes of one class differ by less than this.
    private static let step = 32
    /// Blocks of more than `step` times this are not kept.
    private static let classCount = 33
    /// Bytes that may lie in the lists, about what 128 calls at once take; what comes back beyond
    /// them is the system's again.
    private static let keptBytesMax = 256 << 10

    private struct FreeBlock {
        var next: UnsafeMutableRawPointer?
    }

    /// By class: the first of the blocks that lie ready. Class 0 is of the large ones, and empty.
    private let lists: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    private var liveCount = 0
    private var keptByteCount = 0

    /// Nothing lies ready yet.
    init() {
        lists = .allocate(capacity: SessionMemory.classCount)
        lists.initialize(repeating: nil, count: SessionMemory.classCount)
    }

    deinit {
        for index in 0..<SessionMemory.classCount {
            while let block = pop(index) { block.deallocate() }
        }
        lists.deallocate()
    }

    /// What nghttp2 is given; it copies this.
    var functions: nghttp2_mem {
        nghttp2_mem(
            mem_user_data: Unmanaged.passUnretained(self).toOpaque(),
            malloc: { size, memory in owner(memory).allocate(size) },
            free: { block, memory in owner(memory).free(block) },
            calloc: { count, size, memory in
                let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
                guard !overflow else { return nil }
                let block = owner(memory).allocate(bytes)
                block.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
                return block
            },
            realloc: { block, size, memory in owner(memory).reallocate(block, size) })
    }

    /// Blocks that are given out.
    var liveBlockCount: Int { liveCount }

    private static func sizeClass(_ size: Int) -> Int {
        let index = (size + step - 1) / step
        return index < classCount ? max(index, 1) : 0
    }

    private func pop(_ index: Int) -> UnsafeMutableRawPointer? {
        guard let block = lists[index] else { return nil }
        lists[index] = block.load(as: FreeBlock.self).next
        return block
    }

    private func allocate(_ size: Int) -> UnsafeMutableRawPointer {
        let index = SessionMemory.sizeClass(size)
        let block: UnsafeMutableRawPointer
        if let ready = pop(index) {
            keptByteCount -= index * SessionMemory.step
            block = ready
        } else {
            let byteCount = index == 0 ? size : index * SessionMemory.step
            block = .allocate(
                byteCount: byteCount + SessionMemory.headerByteCount,
                alignment: SessionMemory.headerByteCount)
        }
        if liveCount == 0 { _ = Unmanaged.passRetained(self) }
        liveCount += 1
        // Of a large block its length, so that it can be moved.
        block.storeBytes(of: index == 0 ? -size : index, as: Int.self)
        return block + SessionMemory.headerByteCount
    }

    private func free(_ given: UnsafeMutableRawPointer?) {
        guard let given else { return }
        let block = given - SessionMemory.headerByteCount
        let index = block.load(as: Int.self)
        let byteCount = index * SessionMemory.step
        if index > 0, keptByteCount + byteCount <= SessionMemory.keptBytesMax {
            block.storeBytes(of: FreeBlock(next: lists[index]), as: FreeBlock.self)
            lists[index] = block
            keptByteCount += byteCount
        } else {
            block.deallocate()
        }
        liveCount -= 1
        if liveCount == 0 { Unmanaged.passUnretained(self).release() }
    }

    private func reallocate(
        _ given: UnsafeMutableRawPointer?, _ size: Int
    ) -> UnsafeMutableRawPointer {
        guard let given else { return allocate(size) }
        let index = (given - SessionMemory.headerByteCount).load(as: Int.self)
        let room = index > 0 ? index * SessionMemory.step : -index
        if size <= room, size > room / 4 { return given }
        let moved = allocate(size)
        moved.copyMemory(from: given, byteCount: min(room, size))
        free(given)
        return moved
    }
}

private func owner(_ memory: UnsafeMutableRawPointer?) -> SessionMemory {
    // Only the functions above are called with it, and they are given out with it set.
    Unmanaged<SessionMemory>.fromOpaque(memory!).takeUnretainedValue()
}
