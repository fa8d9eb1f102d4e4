internal import Foundation

/// A key of the live board.
enum TerminalKey: Equatable, Sendable {
    case up, down, left, right, pageUp, pageDown, home, end
    /// The other arrangement of the stages.
    case list
    case quit
    /// Any other, which does nothing.
    case other

    /// The keys in bytes of a terminal: letters, and the escape sequences of arrows and their like.
    static func parse(_ bytes: [UInt8]) -> [TerminalKey] {
        var keys: [TerminalKey] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            guard byte == 0x1B, let bracket = rest.first, bracket == 0x5B || bracket == 0x4F else {
                keys.append(letters[byte] ?? .other)
                continue
            }
            rest.removeFirst()
            let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x3F }
            rest.removeFirst(digits.count)
            guard let last = rest.popFirst() else { break }
            keys.append(sequence(String(decoding: digits, as: UTF8.self), last))
        }
        return keys
    }

    private static let letters: [UInt8: TerminalKey] = [
        UInt8(ascii: "q"): .quit, UInt8(ascii: "Q"): .quit, 0x03: .quit, 0x04: .quit,
        UInt8(ascii: "k"): .up, UInt8(ascii: "j"): .down, UInt8(ascii: "h"): .left,
        UInt8(ascii: "l"): .right, UInt8(ascii: " "): .pageDown, UInt8(ascii: "b"): .pageUp,
        UInt8(ascii: "g"): .home, UInt8(ascii: "G"): .end, UInt8(ascii: "v"): .list,
    ]

    private static func sequence(_ digits: String, _ last: UInt8) -> TerminalKey {
        switch (digits, last) {
        case (_, UInt8(ascii: "A")): .up
        case (_, UInt8(ascii: "B")): .down
        case (_, UInt8(ascii: "C")): .right
        case (_, UInt8(ascii: "D")): .left
        case (_, UInt8(ascii: "H")), ("1", UInt8(ascii: "~")): .home
        case (_, UInt8(ascii: "F")), ("4", UInt8(ascii: "~")): .end
        case ("5", UInt8(ascii: "~")): .pageUp
        case ("6", UInt8(ascii: "~")): .pageDown
        default: .other
        }
    }
}

/// Where signals write their number: a handler may do little more. Set before the handlers are
/// installed, and never closed.
private nonisolated(unsafe) var signalPipe: Int32 = -1

/// Keys and signals of the terminal, told one by one from a thread of its own: reading a terminal
/// blocks, and a blocked thread of Swift's pool is one that nothing else runs on.
final class TerminalInput: Sendable {
    enum Event: Sendable {
        case key(TerminalKey)
        case signal(Int32)
        /// Nobody types any more: the terminal is gone.
        case closed
    }

    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH]

    /// Begins to tell. One for a process.
    ///
    /// - readsKeys: false where stdin is no terminal; then only signals come.
    static func start(readsKeys: Bool, _ tell: @escaping @Sendable (Event) -> Void) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        signalPipe = ends[1]
        for number in signals {
            signal(number) { number in
                // Only calls that are safe in a signal handler.
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(signalPipe, &byte, 1)
            }
        }
        let source = ends[0]
        let thread = Thread { run(source, readsKeys: readsKeys, tell) }
        thread.start()
    }

    private static func run(_ source: Int32, readsKeys: Bool, _ tell: (Event) -> Void) {
        var watched = [pollfd(fd: source, events: Int16(POLLIN), revents: 0)]
        if readsKeys { watched.append(pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)) }
        while true {
            let count = poll(&watched, nfds_t(watched.count), -1)
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                return
            }
            if watched[0].revents != 0 {
                for byte in bytes(of: source) ?? [] { tell(.signal(Int32(byte))) }
            }
            guard watched.count > 1, watched[1].revents != 0 else { continue }
            if let typed = bytes(of: STDIN_FILENO), !typed.isEmpty {
                for key in TerminalKey.parse(typed) { tell(.key(key)) }
            } else {
                watched.removeLast()
                tell(.closed)
            }
        }
    }

    /// What can be read now; nil when reading fails.
    private static func bytes(of descriptor: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0 { return errno == EINTR || errno == EAGAIN ? [0] : nil }
        return Array(buffer.prefix(count))
    }
}
