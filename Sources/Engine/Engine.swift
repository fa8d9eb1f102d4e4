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
    let committer: Committer
    let disk: Disk
    let limits: EngineLimits
    let trail: any Trail
    let trailDesk: TrailDesk
    let checkDesk: TrailDesk
    let deliver: @Sendable (Int, @escaping @Sendable () -> Void) -> Void
    private let threads: [WorkerThread]
    private let random = RandomBits()
    /// The real clock.
    private let clock: @Sendable () -> Instant
    /// What calls are decided by in its place, on a development directory.
    let testClock: TestClock?

    /// Starts the committer thread, and those that read the trail.
    ///
    /// - Parameters:
    ///   - journal: where events become durable, and where the trail is read.
    ///   - organizations: as recovered.
    ///   - limits: how much may wait.
    ///   - clock: the real clock.
    ///   - testClock: what everything is decided by in its place; nil but on a development
    ///     directory. Only how often a full disk is tried follows the real clock.
    ///   - deliver: runs a job on the event loop of this index.
    ///   - roomChanged: told false each time a commit finds no room on the disk, and true when one
    ///     finds room again, before anybody is answered and on that thread; by `foundRoom`, too.
    ///     In the order in which it happened, under a lock: must not call the engine.
    ///   - didFail: the journal failed and the outcome of a batch is unknown. Must end the process;
    ///     nothing is acknowledged after it.
    public init(
        journal: any DurableJournal, organizations: [Organization],
        limits: EngineLimits = EngineLimits(),
        clock: @escaping @Sendable () -> Instant, testClock: TestClock? = nil,
        deliver: @escaping @Sendable (Int, @escaping @Sendable () -> Void) -> Void,
        roomChanged: @escaping @Sendable (Bool) -> Void = { _ in },
        didFail: @escaping @Sendable (JournalError) -> Void
    ) {
        let disk = Disk(roomChanged: roomChanged)
        let directory = NIOLockedValueBox(Directory(organizations.map { OrganizationCell($0) }))
        let committer = Committer(
            journal: journal, limits: limits, deliver: deliver,
            didCommit: { disk.foundRoom() },
            didFill: { committer, items in
                disk.didFill(clock())
                committer.takeBack(items, directory)
            },
            didFail: didFail)
        self.directory = directory
        self.committer = committer
        self.disk = disk
        self.limits = limits
        self.clock = clock
        self.testClock = testClock
        self.deliver = deliver
        trail = journal
        let trailDesk = TrailDesk(
            jobsMax: limits.trailJobs, jobsOfOneMax: limits.trailJobsOfOne,
            retryMilliseconds: limits.retryMilliseconds)
        let checkDesk = TrailDesk(
            jobsMax: limits.trailJobs, jobsOfOneMax: 1,
            retryMilliseconds: limits.checkRetryMilliseconds)
        self.trailDesk = trailDesk
        self.checkDesk = checkDesk
        threads = [
            WorkerThread { committer.run() }, WorkerThread { trailDesk.run() },
            WorkerThread { checkDesk.run() },
        ]
    }

    /// Commits what is queued and ends the threads. A change after it is refused, and so are calls
    /// that wait to read the trail.
    public func stop() {
        committer.stop()
        trailDesk.stop()
        checkDesk.stop()
        for thread in threads { thread.join() }
    }

    /// Commits what calls queued that are answered in one turn of an event loop: to be called at
    /// the end of each turn in which a call was made with `MutationCall.isInTurn`.
    public func endTurn() {
        committer.wake()
    }

    /// What the clock reads that calls are decided by.
    public var now: Instant { testClock?.now ?? clock() }

    /// The last commit found no room: mutations are refused, but for one a second, which sees
    /// whether there is room again.
    public var isDiskFull: Bool { disk.isFull }

    /// The disk was looked at and has room again: mutations are taken at once, whoever they are of.
    /// The next commit tells whether it is enough.
    public func foundRoom() { disk.foundRoom() }

    // MARK: Queries

    /// Asks an organization something, under its lock, and answers when what was seen is durable.
    ///
    /// A refusal, too, waits for what it saw. Returns the answer when it can go now; nil when
    /// `release` will get it on the event loop of this index.
    public func query<Answer: Sendable>(
        _ cell: OrganizationCell, loop: Int,
        _ body: (Organization, Instant) throws(Rejection) -> Answer,
        release: @escaping @Sendable (Result<Answer, Rejection>) -> Void
    ) -> Result<Answer, Rejection>? {
        let now = self.now
        return cell.withLock { state in
            let answer = state.ask(now, body)
            guard cell.isAhead(state.organization.position) else { return answer }
            return wait(behind: cell, loop: loop, answer, release: release)
        }
    }

    /// Asks an organization something, under its lock, without waiting for what was seen to be
    /// durable: for advice that booking will judge again.
    @specialized(where Answer == [UInt8])
    public func advise<Answer>(
        _ cell: OrganizationCell, _ body: (Organization, Instant) throws(Rejection) -> Answer
    ) -> Result<Answer, Rejection> {
        let now = self.now
        return cell.withLock { $0.ask(now, body) }
    }

    /// Queues an answer behind everything that was decided until now. Under the lock under which
    /// the answer was found.
    func wait<Answer: Sendable>(
        behind cell: OrganizationCell, loop: Int, _ answer: Result<Answer, Rejection>,
        release: @escaping @Sendable (Result<Answer, Rejection>) -> Void
    ) -> Result<Answer, Rejection>? {
        let waiter = Waiter(loop: loop) { result in
            switch result {
            case .durable: release(answer)
            case .refused(let rejection): release(.failure(rejection))
            }
        }
        do throws(Rejection) {
            try committer.checkRoom(now)
            try committer.enqueue(Committer.Item(cell: cell, waiter: waiter))
            return nil
        } catch {
            return .failure(error)
        }
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
        let now = self.now
        let bits = random.next()
        return cell.withLock { state -> MutationAnswer? in
            let now = state.clamp(now)
            var item = Committer.Item(cell: cell)
            let answer: MutationAnswer
            do throws(Rejection) {
                try state.checkExists()
                if let reply = try state.organization.repeated(call, now: now) {
                    answer = .replayed(reply)
                } else {
                    try checkAccepting(now)
                    var context = DecisionContext(
                        now: now, actor: call.actor,
                        ids: IdentifierSupply(now: now, random: bits))
                    context.role = call.role
                    let wish = try command(state.organization, now)
                    let decision = try wish.decideWithOffers(on: state.organization, &context)
                    // An answer that changes nothing is journaled all the same where the call can
                    // be repeated: what it is told then must not depend on what came between.
                    let position = state.organization.position + 1
                    if !decision.writes.isEmpty || !call.requestID.isEmpty {
                        item.event = Event(
                            position: position, at: now, actor: call.actor, rpc: call.rpc,
                            writes: decision.writes)
                        item.event?.reason = wish.reason
                    }
                    if let event = item.event {
                        item.inverse = state.organization.apply(event)
                        item.event?.found(item.inverse)
                        if cell.live.isWatched {
                            item.news = cell.live.changes(
                                by: event, inverse: item.inverse, in: state.organization,
                                limits: limits)
                        }
                    }
                    let reply = encode(decision.outcome, state.organization)
                    item.complete(call, reply)
                    if let event = item.event { state.organization.remember(event) }
                    answer = .reply(reply)
                }
            } catch {
                answer = .refused(error)
            }
            return settle(answer, item, at: state.organization.position, call, release: release)
        }
    }

    /// Answers now if all that was seen is durable and nothing was changed; else queues the item
    /// with the answer. Under the lock of the item's organization.
    func settle(
        _ answer: MutationAnswer, _ item: Committer.Item, at position: Int64,
        _ call: MutationCall, release: @escaping @Sendable (MutationAnswer) -> Void
    ) -> MutationAnswer? {
        guard item.event != nil || item.cell.isAhead(position) else { return answer }
        var item = item
        item.waiter = Waiter(loop: call.loop) { result in
            switch result {
            case .durable: release(answer)
            case .refused(let rejection): release(.refused(rejection))
            }
        }
        do throws(Rejection) {
            if item.event == nil { try committer.checkRoom(now) }
            try committer.enqueue(item, wakes: !call.isInTurn)
            return nil
        } catch {
            return .refused(error)
        }
    }

    /// Refuses mutations while they could not become durable.
    func checkAccepting(_ now: Instant) throws(Rejection) {
        try committer.checkRoom(now)
        try disk.checkWritable(clock())
    }
}

extension OrganizationCell.State {
    /// The answer to a query, or why there is none.
    @inline(__always)
    fileprivate mutating func ask<Answer>(
        _ now: Instant, _ body: (Organization, Instant) throws(Rejection) -> Answer
    ) -> Result<Answer, Rejection> {
        let now = clamp(now)
        do throws(Rejection) {
            try checkExists()
            return .success(try body(organization, now))
        } catch {
            return .failure(error)
        }
    }
}

extension Committer.Item {
    /// Puts the reply's receipt into the event, and weighs the item.
    mutating func complete(_ call: MutationCall, _ reply: [UInt8]) {
        event?.receipt = call.receipt(reply)
        bytes = call.requestSize + reply.count
    }
}
