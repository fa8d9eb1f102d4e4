internal import Engine
internal import Glibc

/// SIGTERM, SIGINT and SIGHUP, as something to wait for.
///
/// A terminal that closes sends SIGHUP: the daemon drains as on SIGTERM, unless whoever started it
/// wants the signal ignored, as `nohup` does.
///
/// A handler may do next to nothing, so it writes the signal's number to a pipe, and a thread that
/// does nothing else reads it (the self-pipe trick). Masks would not do: Swift's own threads run
/// before any line of ours, and the system may choose any of them.
struct StopSignals {
    private let incoming: AsyncStream<UInt8>

    // Written once before the handlers are set; what a C handler can reach is global.
    private nonisolated(unsafe) static var pipeToReader: Int32 = -1

    /// Takes the signals from now on. To be called once, first of all.
    static func take() -> StopSignals {
        var ends: [Int32] = [-1, -1]
        let code = pipe(&ends)
        precondition(code == 0, "a process that has just started can make a pipe")
        pipeToReader = ends[1]
        let (stream, continuation) = AsyncStream.makeStream(of: UInt8.self)
        let reader = ends[0]
        _ = WorkerThread {
            var byte: UInt8 = 0
            while read(reader, &byte, 1) == 1 { continuation.yield(byte) }
        }
        for number in [SIGTERM, SIGINT] + (isIgnored(SIGHUP) ? [] : [SIGHUP]) {
            signal(number) { number in
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(StopSignals.pipeToReader, &byte, 1)
            }
        }
        // A client that goes away while it is written to is no reason to die.
        signal(SIGPIPE, SIG_IGN)
        return StopSignals(incoming: stream)
    }

    /// Waits for a signal and names it.
    func next() async -> String {
        for await signal in incoming {
            switch Int32(signal) {
            case SIGINT: return "SIGINT"
            case SIGHUP: return "SIGHUP"
            default: return "SIGTERM"
            }
        }
        return "none"
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var current = sigaction()
        guard sigaction(number, nil, &current) == 0 else { return false }
        // Functions cannot be compared, and SIG_IGN is none: it is the number 1.
        return unsafeBitCast(current.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
