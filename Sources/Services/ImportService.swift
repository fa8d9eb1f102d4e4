internal import Engine
internal import GRPCWire
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// An import is a pipe: one task reads records and has each decided at once, so that the committer
// writes many with one sync; another answers them, in their order, as they become durable. At most
// `ImportPipe.depth` records are between the two, whatever the caller sends.

extension Services {
    func registerImport(in table: inout ServiceTable) {
        let method = Methods.ImportService.import
        let rpc = rpcName(method.path)
        table.stream(method.path, kind: .bidirectional) { stream throws(Status) in
            let caller: Caller
            do throws(Rejection) {
                caller = try self.caller(stream.metadata, loop: stream.loop)
            } catch {
                throw Status(error, now: engine.now)
            }
            let pipe = ImportPipe()
            let importer = Importer(engine: engine, caller: caller, rpc: rpc, pipe: pipe)
            // Cancelled and awaited when the answers end, for whatever reason.
            async let reading: Void = importer.read(stream.requests)
            try await pipe.answer(to: stream)
            await reading
        }
    }
}

/// The records between being read and being answered.
private struct ImportPipe: Sendable {
    /// What the answering task hears of.
    enum Event: Sendable {
        /// A record's encoded answer, or the daemon's own fault. Not always in order: one that saw
        /// nothing that is still to be written need not wait.
        case answer(Int, Result<[UInt8], Status>)
        /// So many records were read, and why no more were, unless it was the caller's wish.
        case end(Int, Status?)
    }

    /// Records that may be read ahead of what was answered.
    static let depth = 256

    private let events: AsyncStream<Event>
    private let eventSink: AsyncStream<Event>.Continuation
    /// A token for each record that may be read.
    let room: AsyncStream<Void>
    private let roomSink: AsyncStream<Void>.Continuation

    init() {
        (events, eventSink) = AsyncStream.makeStream()
        (room, roomSink) = AsyncStream.makeStream()
        for _ in 0..<Self.depth { roomSink.yield() }
    }

    func put(_ event: Event) { eventSink.yield(event) }

    /// Sends the answers in the order of their records. A fault of the daemon ends the stream at
    /// the record that met it: what is left can be sent again later, and nobody should count it as
    /// refused.
    func answer(to stream: any ServerStream) async throws(Status) {
        var early: [Int: Result<[UInt8], Status>] = [:]
        var answered = 0
        var end: (count: Int, status: Status?)?
        for await event in events {
            switch event {
            case .answer(let number, let result): early[number] = result
            case .end(let count, let status): end = (count, status)
            }
            while let result = early.removeValue(forKey: answered) {
                try await stream.send(result.get())
                answered += 1
                roomSink.yield()
            }
            if let end, answered == end.count {
                if let status = end.status { throw status }
                return
            }
        }
        throw Status(.cancelled, "the caller has gone")
    }
}

/// Has one record after another decided.
private struct Importer: Sendable {
    let engine: Engine
    let caller: Caller
    let rpc: String
    let pipe: ImportPipe

    /// Reads to the end of the stream, to a record that is refused where the caller wants no more
    /// then, or until nobody answers any more.
    func read(_ requests: StreamMessages) async {
        var count = 0
        var failure: Status?
        var room = pipe.room.makeAsyncIterator()
        do throws(Status) {
            for try await message in requests {
                guard await room.next() != nil else { return }
                let request: Slotd_V1_ImportRequest
                do {
                    request = try Slotd_V1_ImportRequest(serializedBytes: message.bytes)
                } catch {
                    throw Status(.internal, "a record is no slotd.v1.ImportRequest")
                }
                let isTaken = take(
                    request, Ticket(number: count, request, size: message.bytes.count))
                count += 1
                if !isTaken, request.stopIfRefused { break }
            }
        } catch {
            failure = error
        }
        pipe.put(.end(count, failure))
    }

    /// A record's place in the stream.
    private struct Ticket: Sendable {
        var number: Int
        var sequence: Int64
        var isDryRun: Bool
        var size: Int

        init(number: Int, _ request: Slotd_V1_ImportRequest, size: Int) {
            self.number = number
            sequence = request.sequence
            isDryRun = request.dryRun
            self.size = size
        }
    }

    /// Decides a record; false when it is refused. Its answer may come later.
    private func take(_ request: Slotd_V1_ImportRequest, _ ticket: Ticket) -> Bool {
        switch request.record {
        case .location(let message): return replace(message, ticket)
        case .provider(let message): return replace(message, ticket)
        case .resource(let message): return replace(message, ticket)
        case .service(let message): return replace(message, ticket)
        case .procedureType(let message): return replace(message, ticket)
        case .patient(let message): return replace(message, ticket)
        case .booking(let message):
            return run(ticket) { organization throws(Rejection) in
                try ImportBooking(message, in: organization)
            }
        case .procedure(let message):
            return run(ticket) { organization throws(Rejection) in
                try ImportProcedure(message, in: organization)
            }
        case nil:
            refuse(ticket, .invalid("record", "is missing"))
            return false
        }
    }

    /// Takes a record that is replaced as a whole.
    private func replace<Shown: RecordMessage>(_ message: Shown, _ ticket: Ticket) -> Bool {
        run(ticket) { organization throws(Rejection) in
            let details = try Shown.Row.Details(message, in: organization)
            guard !details.externalRef.isEmpty else {
                throw .invalid("external_ref", "is missing: an import finds records by it")
            }
            return ImportRecord<Shown.Row>(details)
        }
    }

    /// Runs a command, and says whether it was taken; its answer comes when what it did, or saw, is
    /// durable. The record's external_ref makes a repeated import harmless, so no request_id is
    /// needed.
    private func run<Row, C: Command>(
        _ ticket: Ticket, _ command: (Organization) throws(Rejection) -> C
    ) -> Bool where C.Outcome == (Identifier<Row>, ImportOutcome) {
        if ticket.isDryRun { return judge(ticket, command) }
        let call = MutationCall(
            actor: caller.actor, role: caller.role, rpc: rpc, loop: caller.loop, requestID: "",
            fingerprint: 0, requestSize: ticket.size)
        var isTaken = false
        let now = engine.perform(
            in: caller.cell, call,
            command: { organization, _ throws(Rejection) in try command(organization) },
            encode: { outcome, organization in
                isTaken = true
                return encoded(Slotd_V1_ImportResponse(outcome, ticket.sequence, organization))
            },
            release: { settle(ticket, $0) })
        if let now { settle(ticket, now) }
        return isTaken
    }

    /// Decides a command without its effects. Ids are made up, and not told.
    private func judge<Row, C: Command>(
        _ ticket: Ticket, _ command: (Organization) throws(Rejection) -> C
    ) -> Bool where C.Outcome == (Identifier<Row>, ImportOutcome) {
        var isTaken = false
        let judged = engine.query(caller.cell, loop: caller.loop) {
            organization, now throws(Rejection) in
            var context = DecisionContext(
                now: now, actor: caller.actor, ids: IdentifierSupply(now: now, random: (0, 0)))
            context.role = caller.role
            let decision = try command(organization).decide(on: organization, &context)
            isTaken = true
            var response = Slotd_V1_ImportResponse(
                decision.outcome, ticket.sequence, organization)
            if response.outcome == .created { response.id = "" }
            return MutationAnswer.reply(encoded(response))
        } release: {
            settle(ticket, MutationAnswer($0))
        }
        if let judged { settle(ticket, MutationAnswer(judged)) }
        return isTaken
    }

    private func settle(_ ticket: Ticket, _ answer: MutationAnswer) {
        switch answer {
        case .reply(let bytes), .replayed(let bytes):
            pipe.put(.answer(ticket.number, .success(bytes)))
        case .refused(let rejection): refuse(ticket, rejection)
        }
    }

    private func refuse(_ ticket: Ticket, _ rejection: Rejection) {
        let result: Result<[UInt8], Status>
        switch rejection.reason {
        case .storageFull, .storageFailed, .overloaded:
            result = .failure(Status(rejection, now: engine.now))
        default:
            var response = Slotd_V1_ImportResponse(rejection)
            response.sequence = ticket.sequence
            result = .success(encoded(response))
        }
        pipe.put(.answer(ticket.number, result))
    }
}

extension MutationAnswer {
    fileprivate init(_ result: Result<MutationAnswer, Rejection>) {
        switch result {
        case .success(let answer): self = answer
        case .failure(let rejection): self = .refused(rejection)
        }
    }
}
