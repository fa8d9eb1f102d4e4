internal import NIOConcurrencyHelpers
public import Scheduling
internal import Synchronization

/// Runs commands and queries against organizations, and lets no reply go before what it saw is
/// durable.
///
/// Owns the organizations, their locks, the order of the journal, and the committer thread. Knows
/// neither sockets nor messages: replies are bytes to it, callers wait as closures, and event loops
/// are numbers.
public final class Engine: Sendable {
    let directory: NIOLockedValueBox<Directory>
    private let committer: Committer
    private let thread: WorkerThread
    private let clock: @Sendable () -> Instant
    private let disk: Disk

    /// Starts the committer thread.
    ///
    /// - Parameters:
    ///   - journal: where events become durable.
    ///   - organizations: as recovered.
    ///   - clock: the only clock there is.
    ///   - deliver: runs a job on the event loop of this index.
    ///   - didFail: the journal failed and the outcome of a batch is unknown. Must end the process;
    ///     nothing is acknowledged after it.
    public init(
        journal: any Journal, organizations: [Organization],
        clock: @escaping @Sendable () -> Instant,
        deliver: @escaping @Sendable (Int, @escaping @Sendable () -> Void) -> Void,
        didFail: @escaping @Sendable (JournalError) -> Void
    ) {
        let disk = Disk()
        let committer = Committer(
            journal: journal, deliver: deliver,
            didFill: { message, items in disk.fill(message, items) }, didFail: didFail)
        disk.attach(committer, clock: clock)
        directory = NIOLockedValueBox(Directory(organizations.map { OrganizationCell($0) }))
        self.clock = clock
        self.committer = committer
        self.disk = disk
        thread = WorkerThread { committer.run() }
    }

    /// Commits what is queued and ends the committer thread. Calls after it wait for ever.
    public func stop() {
        committer.stop()
        thread.join()
    }

    /// Whether mutations are taken: false while the disk is full.
    public var isWritable: Bool { disk.isWritable(clock()) }

    // MARK: Queries

    /// Asks an organization something, under its lock.
    ///
    /// Returns the answer with the position it was given at, and whether that is durable: if not, the
    /// caller waits with `whenDurable`, unless the answer is advice that booking will judge again.
    public func query<Answer>(
        _ cell: OrganizationCell, _ body: (Organization, Instant) throws(Rejection) -> Answer
    ) throws(Rejection) -> (answer: Answer, position: Int64, isDurable: Bool) {
        let now = clock()
        let result: Result<(Answer, Int64), Rejection> = cell.withLock { state in
            let now = state.clamp(now)
            do throws(Rejection) {
                return .success((try body(state.organization, now), state.organization.position))
            } catch {
                return .failure(error)
            }
        }
        let (answer, position) = try result.get()
        return (answer, position, !cell.isAhead(position))
    }

    /// Runs `release` on an event loop once everything that was decided on an organization until now
    /// is durable.
    public func whenDurable(
        _ cell: OrganizationCell, loop: Int, _ release: @escaping @Sendable (CommitResult) -> Void
    ) {
        committer.enqueue(
            Committer.Item(cell: cell, waiter: Waiter(loop: loop, release: release)))
    }

    // MARK: Commands

    /// Decides a command, applies and queues what it changes, and answers when that is durable.
    ///
    /// A repeated request gets its first reply. A refusal, too, waits for what it saw. Returns the
    /// answer when it can go now; nil when `release` will get it on the caller's event loop.
    ///
    /// - Parameters:
    ///   - call: who asks, by which RPC, from which event loop, and the request's identity.
    ///   - command: makes the command; runs under the lock, where names can be resolved.
    ///   - encode: makes the reply from the outcome and the changed organization; runs under the
    ///     lock, so that the reply is journaled with the change.
    public func perform<C: Command>(
        in cell: OrganizationCell, _ call: MutationCall,
        command: (Organization, Instant) throws(Rejection) -> C,
        encode: (C.Outcome, Organization) -> [UInt8],
        release: @escaping @Sendable (MutationAnswer) -> Void
    ) -> MutationAnswer? {
        let now = clock()
        var random = SystemRandomNumberGenerator()
        let bits = (random.next(), random.next())
        return cell.withLock { state -> MutationAnswer? in
            let now = state.clamp(now)
            var event: Event?
            var inverse: [RecordWrite] = []
            let answer: MutationAnswer
            do throws(Rejection) {
                if let reply = try state.organization.repeated(call, now: now) {
                    answer = .replayed(reply)
                } else {
                    try disk.checkWritable(now)
                    var context = DecisionContext(
                        now: now, actor: call.actor,
                        ids: IdentifierSupply(now: now, random: bits))
                    let decision = try command(state.organization, now)
                        .decide(on: state.organization, &context)
                    if decision.writes.isEmpty {
                        answer = .reply(encode(decision.outcome, state.organization))
                    } else {
                        var made = Event(
                            position: state.organization.position + 1, at: now,
                            actor: call.actor, rpc: call.rpc, writes: decision.writes)
                        inverse = state.organization.apply(made)
                        let reply = encode(decision.outcome, state.organization)
                        made.receipt = call.receipt(reply)
                        state.organization.remember(made)
                        event = made
                        answer = .reply(reply)
                    }
                }
            } catch {
                answer = .refused(error)
            }
            guard event != nil || cell.isAhead(state.organization.position) else { return answer }
            let waiter = Waiter(loop: call.loop) { result in
                switch result {
                case .durable: release(answer)
                case .refused(let rejection): release(.refused(rejection))
                }
            }
            committer.enqueue(
                Committer.Item(cell: cell, event: event, inverse: inverse, waiter: waiter))
            return nil
        }
    }

    /// Queues the first event of an organization that the directory has just admitted.
    func enqueueFirst(_ event: Event, of cell: OrganizationCell, waiter: Waiter) {
        committer.enqueue(Committer.Item(cell: cell, event: event, waiter: waiter))
    }

    /// What the clock reads.
    public var now: Instant { clock() }

    func checkWritable() throws(Rejection) { try disk.checkWritable(clock()) }
}

/// Who asks for a mutation, and what identifies the request.
public struct MutationCall: Sendable {
    /// Who asks.
    public var actor: String
    /// As in `BookingService/CreateBooking`.
    public var rpc: String
    /// The index of the event loop that gets the answer.
    public var loop: Int
    /// Empty: the call is not protected against being repeated.
    public var requestID: String
    /// Tells the same request from another one with the same id.
    public var fingerprint: UInt64

    public init(actor: String, rpc: String, loop: Int, requestID: String, fingerprint: UInt64) {
        self.actor = actor
        self.rpc = rpc
        self.loop = loop
        self.requestID = requestID
        self.fingerprint = fingerprint
    }

    func receipt(_ reply: [UInt8]) -> Receipt? {
        requestID.isEmpty
            ? nil : Receipt(requestID: requestID, fingerprint: fingerprint, reply: reply)
    }
}

/// What a mutation's caller is told.
public enum MutationAnswer: Sendable {
    /// It was done just now.
    case reply([UInt8])
    /// It was done by an earlier call with the same request_id, whose reply this is.
    case replayed([UInt8])
    /// It was not done.
    case refused(Rejection)
}
