internal import Glibc

/// How far the journal is known to have reached, in a file of its own.
///
/// SQLite ends the recovery of a WAL at the first frame whose checksum is wrong and drops what
/// follows without a word. A journal that ends before its mark has lost acknowledged events, and is
/// refused. The mark is written at most once a second and at a clean stop, so up to a second of
/// loss goes unseen: the price of not syncing twice per commit.
///
/// The file has two slots, one page apart, written in turn; each is a line of text that ends with
/// its own checksum. A write that is torn by a crash spoils one slot, and the other still holds the
/// mark before it.
struct HighWaterMark: Equatable {
    /// The journal's last entry at that time.
    var sequence: Int64
    /// That entry's checksum.
    var checksum: UInt64

    private var line: String {
        let body = "slotd-mark 1 \(sequence) \(String(checksum, radix: 16)) "
        return body + String(Checksum(body.utf8).value, radix: 16) + "\n"
    }

    private init?(line: some Sequence<UInt8>) {
        let text = String(decoding: line.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        let words = text.split(separator: " ")
        guard words.count == 5, let sequence = Int64(words[2]),
            let checksum = UInt64(words[3], radix: 16)
        else { return nil }
        self.init(sequence: sequence, checksum: checksum)
        guard self.line == text + "\n" else { return nil }
    }

    init(sequence: Int64, checksum: UInt64) {
        self.sequence = sequence
        self.checksum = checksum
    }

    /// Bytes from one slot to the other.
    private static let slotSize = 4096
    /// Bytes of the longest line.
    private static let lineMax = 128

    /// The file of the mark, open for writing.
    struct File: ~Copyable {
        let path: String
        private let descriptor: Int32
        /// Where the next write goes: the slot that does not hold the present mark.
        private var slot = 0
        /// What the file holds; nil before the first.
        private(set) var mark: HighWaterMark?

        /// Opens the file, making it when it is missing, and reads the mark.
        ///
        /// A file without a readable slot holds no mark: the first write was cut short by a crash,
        /// or the file is damaged, which the tables' checkpoint still guards against.
        init(path: String) throws(StorageError) {
            self.path = path
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else {
                throw .directoryUnusable(path, reason: systemErrorText())
            }
            self.descriptor = descriptor
            for candidate in 0...1 {
                var bytes = [UInt8](repeating: 0, count: lineMax)
                let count = pread(descriptor, &bytes, lineMax, off_t(candidate * slotSize))
                guard count > 0, let found = HighWaterMark(line: bytes.prefix(count)),
                    found.sequence > mark?.sequence ?? -1
                else { continue }
                mark = found
                slot = 1 - candidate
            }
        }

        deinit { close(descriptor) }

        /// Makes `new` durable. Returns `errno` when the disk refuses; the mark before it stays.
        mutating func write(_ new: HighWaterMark) -> Int32? {
            guard new != mark else { return nil }
            let line = Array(new.line.utf8)
            let count = pwrite(descriptor, line, line.count, off_t(slot * slotSize))
            guard count == line.count else { return count < 0 ? errno : ENOSPC }
            guard fdatasync(descriptor) == 0 else { return errno }
            mark = new
            slot = 1 - slot
            return nil
        }
    }
}
