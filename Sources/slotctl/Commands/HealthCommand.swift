internal import ArgumentParser
internal import GRPCWire

/// `slotctl health`: asks the standard `grpc.health.v1.Health`.
struct HealthCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Ask whether the daemon serves reads and writes.",
        discussion: """
            Exit 0 when all that was asked for is SERVING, else 6.


            """
                + examples("slotctl health", "slotctl health --service slotd.write && deploy"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Option(
        help: "Only this one; “” is the daemon as a whole. Default: the daemon and slotd.write.")
    var service: [String] = []

    private static let path = "/grpc.health.v1.Health/Check"

    func run(_ session: Session) async throws(CommandFailure) {
        var states: [(name: String, state: String)] = []
        for name in service.isEmpty ? ["", "slotd.write"] : service {
            states.append((name, try await state(of: name, session)))
        }
        let rows = states.map { name, state in
            [
                Cell(name.isEmpty ? "reads" : name == "slotd.write" ? "writes" : name),
                Cell(state, state == "SERVING" ? .good : .bad),
            ]
        }
        session.output.rows(
            TextTable(columns: [.init(title: "service"), .init(title: "state")], rows: rows),
            names: ["service", "state"], values: states.map { [$0.name, $0.state] },
            json: states.map {
                JSONText.object([
                    ("service", JSONText.quoted($0.name)), ("status", JSONText.quoted($0.state)),
                ])
            },
            key: "services")
        guard states.allSatisfy({ $0.state == "SERVING" }) else {
            throw CommandFailure(
                code: "UNAVAILABLE", exitStatus: .unavailable,
                message: "not everything is serving", isRetryable: true)
        }
    }

    private func state(of service: String, _ session: Session) async throws(CommandFailure)
        -> String
    {
        do {
            let reply = try await session.api.transport.unary(
                Self.path, Self.request(service), session.api.metadata, session.settings.timeout)
            return Self.state(reply)
        } catch {
            if error.code == .notFound { return "SERVICE_UNKNOWN" }
            throw CommandFailure(error)
        }
    }

    /// `HealthCheckRequest { string service = 1; }`: two messages of one field each are encoded by
    /// hand sooner than generated.
    static func request(_ service: String) -> [UInt8] {
        let name = Array(service.utf8.prefix(127))
        return name.isEmpty ? [] : [0x0A, UInt8(name.count)] + name
    }

    /// `HealthCheckResponse { ServingStatus status = 1; }`.
    static func state(_ reply: [UInt8]) -> String {
        switch reply {
        case [0x08, 1]: "SERVING"
        case [0x08, 2]: "NOT_SERVING"
        case [0x08, 3]: "SERVICE_UNKNOWN"
        default: "UNKNOWN"
        }
    }
}
