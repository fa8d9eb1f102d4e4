internal import RPC

/// The line on standard output that tells scripts where the daemon listens.
enum ReadyLine {
    static func print(_ addresses: [BoundAddress]) {
        let text = addresses.map(\.description).joined(separator: " ")
        StandardStream.out("slotd ready on \(text)\n")
    }
}
