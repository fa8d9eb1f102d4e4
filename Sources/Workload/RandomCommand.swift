public import Scheduling

/// One command of a random stream, of any kind that clients or housekeeping send.
public struct RandomCommand: Sendable {
    /// What is asked.
    public let command: any Command

    init(_ command: some Command) {
        self.command = command
    }

    /// The name of its type, without what it is generic over.
    public var kind: String {
        let name = "\(type(of: command))"
        return String(name.prefix { $0 != "<" })
    }
}

extension Sandbox {
    /// Performs a random command. What it would have told its caller is dropped; `lastEvent` tells
    /// what it changed.
    public mutating func perform(_ random: RandomCommand) throws(Rejection) {
        if let move = random.command as? MoveClock {
            now = max(now, try perform(move))
        } else {
            try perform(random.command)
        }
    }
}
