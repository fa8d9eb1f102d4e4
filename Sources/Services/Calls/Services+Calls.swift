internal import Engine
internal import GRPCWire
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// What every unary call has in common: who calls, decoding, deadlines, waiting, and answering.

/// Who calls, in which organization.
struct Caller: Sendable {
    var cell: OrganizationCell
    var actor: String
    var role: CallerRole
    var loop: Int

    /// Metadata key that names the organization, by id or external_ref.
    static let organizationKey = "x-slotd-organization"
    /// Metadata key that names who acts: free text, at most 64 characters.
    static let actorKey = "x-slotd-actor"
    /// Metadata key that says in which role they act: patient, staff or manager; staff unless said.
    static let roleKey = "x-slotd-role"
    /// Metadata key that says what makes two requests with one request_id the same one, in place of
    /// their bytes. For clients that read a record, change it and send it whole: when they try
    /// again, the record that they read is the changed one. At most 128 characters.
    static let identityKey = "x-slotd-request-identity"
}

extension Services {
    /// Finds the caller in the metadata (decisions.md, "Who calls, before credentials exist").
    func caller(_ metadata: Metadata, loop: Int) throws(Rejection) -> Caller {
        let name = try single(Caller.organizationKey, metadata) ?? Engine.defaultOrganization
        guard !name.isEmpty else {
            throw .invalid(
                Caller.organizationKey,
                "is empty: it takes an id or an external_ref; without the key "
                    + "“\(Engine.defaultOrganization)” is meant")
        }
        guard let cell = engine.organization(name) else {
            var rejection = Rejection(.unknownOrganization, "no organization \(name)")
            rejection.resource = Rejection.Resource(kind: "org", id: name)
            throw rejection
        }
        let actor = try single(Caller.actorKey, metadata) ?? "anonymous"
        guard !actor.isEmpty, actor.count <= 64 else {
            throw .invalid(Caller.actorKey, "must have 1 to 64 characters")
        }
        var role = CallerRole.staff
        if let name = try single(Caller.roleKey, metadata) {
            guard let known = CallerRole(rawValue: name) else {
                throw .invalid(Caller.roleKey, "must be patient, staff or manager")
            }
            role = known
        }
        return Caller(cell: cell, actor: actor, role: role, loop: loop)
    }

    /// Registers a method that changes nothing. Its reply waits for what it saw to be durable,
    /// unless it is advice.
    func query<Request: Message, Response: Message>(
        _ method: Method<Request, Response>, in table: inout ServiceTable,
        _ body:
            @escaping @Sendable (Request, Organization, Instant) throws(Rejection) -> Response
    ) {
        query(method, in: &table, isAdvice: false) {
            request, organization, now, _ throws(Rejection) in
            encoded(try body(request, organization, now))
        }
    }

    /// As above, for a reply that is encoded by hand or depends on the caller's role.
    ///
    /// - Parameter plain: reads requests that hold nothing unusual.
    func query<Request: Message, Response: Message>(
        _ method: Method<Request, Response>, in table: inout ServiceTable, isAdvice: Bool,
        reading plain: @escaping @Sendable ([UInt8]) -> Request? = { _ in nil },
        bytes body:
            @escaping @Sendable (
                Request, Organization, Instant, CallerRole
            ) throws(Rejection) -> [UInt8]
    ) {
        table.unary(method.path) { context, bytes in
            answer(context) { () throws(CallFailure) in
                let request = try decoded(bytes, by: plain)
                let caller = try refusing { () throws(Rejection) in
                    try self.caller(context.metadata, loop: context.loop)
                }
                try checkDeadline(context)
                let parked = context.park()
                let seen =
                    isAdvice
                    ? engine.advise(caller.cell) { organization, now throws(Rejection) in
                        try body(request, organization, now, caller.role)
                    }
                    : engine.query(caller.cell, loop: context.loop) {
                        organization, now throws(Rejection) in
                        try body(request, organization, now, caller.role)
                    } release: { result in
                        parked.finish(UnaryAnswer(result, now: engine.now))
                    }
                return seen.map { UnaryAnswer($0, now: engine.now) } ?? .parked
            }
        }
    }

    /// Registers a method whose reply is read from the trail, on a thread of its own.
    ///
    /// - Parameters:
    ///   - length: how long reading takes.
    ///   - present: what requests get that do not ask for the past, as `query` would serve them;
    ///     nil for a body that serves all.
    ///   - body: reads what is durable by now; under no lock.
    func trailQuery<Request: Message, Response: Message>(
        _ method: Method<Request, Response>, in table: inout ServiceTable,
        _ length: Engine.TrailReading = .short,
        unless present:
            (@Sendable (Request, Organization, Instant) throws(Rejection) -> Response?)? = nil,
        _ body:
            @escaping @Sendable (Request, TrailReader, Caller) throws(Rejection) -> Response
    ) {
        table.unary(method.path) { context, bytes in
            answer(context) { () throws(CallFailure) in
                let request: Request = try decoded(bytes)
                let caller = try refusing { () throws(Rejection) in
                    try self.caller(context.metadata, loop: context.loop)
                }
                try checkDeadline(context)
                let parked = context.park()
                let finish: @Sendable (Result<[UInt8], Rejection>) -> Void = { result in
                    parked.finish(UnaryAnswer(result, now: engine.now))
                }
                let read: @Sendable () -> Result<[UInt8], Rejection>? = {
                    engine.readTrail(caller.cell, loop: caller.loop, length) {
                        reader throws(Rejection) in
                        encoded(try body(request, reader, caller))
                    } release: {
                        finish($0)
                    }
                }
                guard let present else {
                    return read().map { UnaryAnswer($0, now: engine.now) } ?? .parked
                }
                // Nil: the request asks for the past.
                let seen: Result<[UInt8]?, Rejection>? = engine.query(
                    caller.cell, loop: context.loop
                ) { organization, now throws(Rejection) in
                    try present(request, organization, now).map { encoded($0) }
                } release: { result in
                    switch result {
                    case .success(let bytes?): finish(.success(bytes))
                    case .success(nil): if let refused = read() { finish(refused) }
                    case .failure(let rejection): finish(.failure(rejection))
                    }
                }
                switch seen {
                case .success(let bytes?): return .message(bytes)
                case .failure(let rejection): return UnaryAnswer(rejection, now: engine.now)
                case .success(nil):
                    return read().map { UnaryAnswer($0, now: engine.now) } ?? .parked
                case nil: return .parked
                }
            }
        }
    }

    /// Registers a method that looks across organizations: the body asks the engine by itself, and
    /// answers through the closure when it returns nil.
    func query<Request: Message, Response: Message, Answer: Sendable>(
        _ method: Method<Request, Response>, in table: inout ServiceTable,
        across body:
            @escaping @Sendable (
                Request, _ loop: Int, @escaping @Sendable (Result<Answer, Rejection>) -> Void
            ) throws(Rejection) -> Result<Answer, Rejection>?,
        reply: @escaping @Sendable (Request, Answer) -> Response
    ) {
        table.unary(method.path) { context, bytes in
            answer(context) { () throws(CallFailure) in
                let request: Request = try decoded(bytes)
                try checkDeadline(context)
                let parked = context.park()
                let seen = try refusing { () throws(Rejection) in
                    try body(request, context.loop) { result in
                        parked.finish(
                            UnaryAnswer(
                                result.map { encoded(reply(request, $0)) }, now: engine.now))
                    }
                }
                return seen.map {
                    UnaryAnswer($0.map { encoded(reply(request, $0)) }, now: engine.now)
                } ?? .parked
            }
        }
    }

    /// Registers a method that runs a command.
    ///
    /// - Parameters:
    ///   - command: makes the command from the request; names are resolved in the organization.
    ///   - reply: makes the reply from the outcome and the organization as changed.
    func mutation<Request: MutationRequest, Response: Message, C: Command>(
        _ method: Method<Request, Response>, in table: inout ServiceTable,
        command:
            @escaping @Sendable (Request, Organization, Instant) throws(Rejection) -> C,
        reply: @escaping @Sendable (C.Outcome, Organization) -> Response
    ) {
        mutation(method, in: &table, command: command, bytes: { encoded(reply($0, $1)) })
    }

    /// As above, for a reply that is encoded by hand.
    ///
    /// - Parameter plain: reads requests that hold nothing unusual.
    func mutation<Request: MutationRequest, Response: Message, C: Command>(
        _ method: Method<Request, Response>, in table: inout ServiceTable,
        reading plain: @escaping @Sendable ([UInt8]) -> Request? = { _ in nil },
        command:
            @escaping @Sendable (Request, Organization, Instant) throws(Rejection) -> C,
        bytes: @escaping @Sendable (C.Outcome, Organization) -> [UInt8]
    ) {
        mutation(method, in: &table, reading: plain) { engine, request, caller, call, release in
            engine.perform(
                in: caller.cell, call,
                command: { organization, now throws(Rejection) in
                    try command(request, organization, now)
                },
                encode: bytes, release: release)
        }
    }

    /// Registers a method that changes something, in the way that the body says.
    func mutation<Request: MutationRequest, Response: Message>(
        _ method: Method<Request, Response>, in table: inout ServiceTable,
        reading plain: @escaping @Sendable ([UInt8]) -> Request? = { _ in nil },
        perform body:
            @escaping @Sendable (
                Engine, Request, Caller, MutationCall,
                @escaping @Sendable (MutationAnswer) -> Void
            ) throws(Rejection) -> MutationAnswer?
    ) {
        let rpc = rpcName(method.path)
        table.unary(method.path) { context, bytes in
            answer(context) { () throws(CallFailure) in
                let request = try decoded(bytes, by: plain)
                try checkDeadline(context)
                let (caller, call) = try refusing { () throws(Rejection) in
                    let caller = try self.caller(context.metadata, loop: context.loop)
                    let identity = try single(Caller.identityKey, context.metadata)
                    var call = try mutationCall(request, bytes, identity, caller, rpc: rpc)
                    call.isInTurn = context.isInTurn
                    return (caller, call)
                }
                let parked = context.park()
                let engine = engine
                let now = try refusing { () throws(Rejection) in
                    try body(engine, request, caller, call) { answer in
                        parked.finish(answer.answer(now: engine.now))
                    }
                }
                return now?.answer(now: engine.now) ?? .parked
            }
        }
    }

    private func mutationCall<Request: MutationRequest>(
        _ request: Request, _ bytes: [UInt8], _ identity: String?, _ caller: Caller, rpc: String
    ) throws(Rejection) -> MutationCall {
        if let identity { _ = try visibleText(identity, Caller.identityKey, 1...128) }
        return MutationCall(
            actor: caller.actor, role: caller.role, rpc: rpc, loop: caller.loop,
            requestID: try visibleText(request.requestID, "request_id", 0...128),
            fingerprint: request.requestID.isEmpty
                ? 0 : fingerprint(identity.map { Array($0.utf8) } ?? bytes),
            requestSize: bytes.count)
    }

    /// A deadline that has passed is answered before anything is decided, and nothing is done.
    private func checkDeadline(_ context: CallContext) throws(CallFailure) {
        guard let deadline = context.deadline, monotonic() >= deadline else { return }
        throw .status(Status(.deadlineExceeded, "the deadline passed before the call was served"))
    }

    private func answer(
        _ context: CallContext, _ body: () throws(CallFailure) -> UnaryAnswer
    ) -> UnaryAnswer {
        do {
            return try body()
        } catch {
            switch error {
            case .rejection(let rejection): return UnaryAnswer(rejection, now: engine.now)
            case .status(let status): return .status(status)
            }
        }
    }
}

/// The text under a metadata key that says one thing. Two values that differ are refused: a proxy
/// may have added one to what its client sent, and taking either would let the client choose its
/// role or organization, or the proxy's word be lost.
func single(_ key: String, _ metadata: Metadata) throws(Rejection) -> String? {
    var found: String?
    for entry in metadata.entries where entry.key == key {
        guard case .text(let value) = entry.value else { continue }
        if let found, found != value { throw .invalid(key, "is there twice, with two values") }
        found = value
    }
    return found
}

/// Why a call ends without a reply.
enum CallFailure: Error {
    case rejection(Rejection)
    case status(Status)
}

private func refusing<Value>(
    _ body: () throws(Rejection) -> Value
) throws(CallFailure) -> Value {
    do throws(Rejection) {
        return try body()
    } catch {
        throw .rejection(error)
    }
}

/// Bytes that are no message are the transport's fault, not a field's (api.md, Errors).
private func decoded<Request: Message>(_ bytes: [UInt8]) throws(CallFailure) -> Request {
    do {
        return try Request(serializedBytes: bytes)
    } catch {
        throw .status(Status(.internal, "the request is no \(Request.protoMessageName)"))
    }
}

/// What a request holds, read by hand where nothing in it is unusual.
private func decoded<Request: Message>(
    _ bytes: [UInt8], by plain: ([UInt8]) -> Request?
) throws(CallFailure) -> Request {
    if let request = plain(bytes) { return request }
    return try decoded(bytes)
}

/// The bytes of a reply. Encoding fails only for required fields and oversized payloads, which our
/// messages do not have.
func encoded(_ message: some Message) -> [UInt8] {
    do {
        return try message.serializedBytes()
    } catch {
        preconditionFailure("a reply cannot be encoded: \(error)")
    }
}

/// `BookingService/CreateBooking` for `/slotd.v1.BookingService/CreateBooking`.
func rpcName(_ path: String) -> String {
    path.split(separator: ".").last.map(String.init) ?? path
}

/// FNV-1a in 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/): tells a repeated request from a
/// careless reuse of its id. It need not resist an attacker, who could only fool himself.
func fingerprint(_ bytes: [UInt8]) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01b3 }
    return hash
}

extension MutationAnswer {
    /// Field 15 of every mutation's reply is `replayed`, so a stored reply is marked by appending
    /// it.
    private static let replayedField: [UInt8] = [15 << 3, 1]

    func answer(now: Instant) -> UnaryAnswer {
        switch self {
        case .reply(let bytes): .message(bytes)
        case .replayed(let bytes): .message(bytes + Self.replayedField)
        case .refused(let rejection): UnaryAnswer(rejection, now: now)
        }
    }
}

extension UnaryAnswer {
    /// The encoded reply, or the refusal.
    init(_ result: Result<[UInt8], Rejection>, now: @autoclosure () -> Instant) {
        switch result {
        case .success(let bytes): self = .message(bytes)
        case .failure(let rejection): self.init(rejection, now: now())
        }
    }
}

/// A request that may carry an idempotency key.
protocol MutationRequest: Message {
    var requestID: String { get }
}
