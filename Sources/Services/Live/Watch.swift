internal import Engine
internal import GRPCWire
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

/// What is particular to watching one kind of thing; the rest is `Watch`.
struct WatchSubject: Sendable {
    /// What is watched, and, if wanted, its present state as the message that a snapshot carries.
    /// Runs under the organization's lock.
    var look:
        @Sendable (Organization, Instant, _ wantsSnapshot: Bool) throws(Rejection) -> (
            LiveTopic, [UInt8]
        )
    /// One booking as watchers get it. Runs under the organization's lock, once for all watchers.
    var card: LiveEncoder
    /// The message that a change carries.
    var change: @Sendable (WatchedChange) -> [UInt8]
}

/// One streaming call that follows something: a snapshot or a revision to go on from, then every
/// change in order, heartbeats when there is none.
///
/// Rules:
/// 1. Nothing is sent before it is durable.
/// 2. Each message says which revision it follows on and which it leads to; the next one follows on
///    exactly there. So a reader can prove that it missed nothing, and go on from any message.
/// 3. What a reader has not taken is not kept for it: it is put together when it reads again, each
///    card in its last state, and where that is too much, it gets a snapshot.
struct Watch: Sendable {
    let engine: Engine
    let caller: Caller
    let subject: WatchSubject
    /// 0: begin with a snapshot.
    let since: Int64
    let heartbeat: Duration

    /// Changes that are sent one by one; more of them are put together.
    private static let burst = 64

    /// How far a reader has come.
    private struct Place {
        var subscription: LiveSubscription
        var wakes: AsyncStream<Void>.Iterator
        /// The revision of the last message.
        var told: Int64
        /// There is nothing to tell up to here.
        var known: Int64
        /// When the last message was sent.
        var quietSince: ContinuousClock.Instant

        init(_ subscription: LiveSubscription, at position: Int64) {
            self.subscription = subscription
            wakes = subscription.wakes.makeAsyncIterator()
            told = position
            known = position
            quietSince = .now
        }
    }

    init(
        _ subject: WatchSubject, _ engine: Engine, _ caller: Caller, since: Int64,
        heartbeatSeconds: Int32
    ) throws(Rejection) {
        self.subject = subject
        self.engine = engine
        self.caller = caller
        self.since = try number(since, "since_revision", 0...Int64.max)
        let seconds =
            heartbeatSeconds == 0 ? 15 : try number(heartbeatSeconds, "heartbeat_seconds", 1...300)
        heartbeat = .seconds(seconds)
    }

    /// Serves the call until the caller, or the daemon, ends it.
    func run(_ stream: any ServerStream) async throws(Status) {
        var place = try await open(stream)
        while true {
            try await tell(&place, stream)
            if .now - place.quietSince >= heartbeat { try await beat(&place, stream) }
            guard await wait(&place) else {
                throw Status(Rejection(.overloaded, "the daemon is stopping"), now: engine.now)
            }
        }
    }

    /// Begins: with a snapshot, or where the reader was.
    private func open(_ stream: any ServerStream) async throws(Status) -> Place {
        if since == 0 { return try await sendSnapshot(after: nil, stream) }
        let start = try await look(wantsSnapshot: false, replacing: nil)
        if since > start.position {
            throw resync("it lies after the present revision \(start.position)")
        }
        if case .lost = start.subscription.news(after: since) {
            return try await catchUp(start, stream)
        }
        return Place(start.subscription, at: since)
    }

    /// Tells what has happened since the reader was here, all of it put together, as the trail has
    /// it and the live channel no longer does: also after a restart.
    ///
    /// Three looks make it exact. The subscription began at `start.position`. Up to there the trail
    /// says what was touched. Then the cards are read under the lock, at a later position; what
    /// came in between, the subscription has by the time that position is durable.
    private func catchUp(
        _ start: LiveStart<[UInt8]>, _ stream: any ServerStream
    ) async throws(Status) -> Place {
        var place = Place(start.subscription, at: since)
        guard start.position - since <= engine.resumedEntriesMax else {
            throw resync("more than \(engine.resumedEntriesMax) changes came after it")
        }
        let topic = start.subscription.topic
        let missed = try await answer { release in
            engine.missed(
                caller.cell, topic, after: since, through: start.position, loop: caller.loop,
                release: release)
        }
        guard let missed else { return place }
        let caught = try await answer { release in
            engine.present(
                missed, topic, in: caller.cell, loop: caller.loop, encode: subject.card,
                release: release)
        }
        guard case .changes(let news, _) = start.subscription.news(after: start.position) else {
            return try await sendSnapshot(after: place, stream)
        }
        let later = news.filter { $0.position <= caught.position }
        let changes = later + (caught.change.map { [$0] } ?? [])
        if changes.contains(where: \.needsSnapshot) {
            return try await sendSnapshot(after: place, stream)
        }
        place.known = caught.position
        guard !changes.isEmpty else { return place }
        // What was read under the lock is the latest, so it comes last; the last event is
        // another's.
        var message = WatchedChange(merging: changes)
        if let last = later.last { message.sign(last) }
        try await stream.send(
            WatchReply.encode(
                .change, subject.change(message), previous: since, revision: message.position))
        place.told = message.position
        return place
    }

    /// Waits for an answer of the engine's.
    private func answer<Answer: Sendable>(
        _ ask: (@escaping @Sendable (Result<Answer, Rejection>) -> Void) -> Result<
            Answer, Rejection
        >?
    ) async throws(Status) -> Answer {
        let result = await withCheckedContinuation { continuation in
            if let now = ask({ continuation.resume(returning: $0) }) {
                continuation.resume(returning: now)
            }
        }
        switch result {
        case .success(let answer): return answer
        case .failure(let rejection): throw Status(rejection, now: engine.now)
        }
    }

    /// Sends what is new, one by one or put together.
    private func tell(_ place: inout Place, _ stream: any ServerStream) async throws(Status) {
        guard case .changes(let changes, let reached) = place.subscription.news(after: place.known),
            !changes.contains(where: \.needsSnapshot)
        else {
            place = try await sendSnapshot(after: place, stream)
            return
        }
        let messages =
            changes.count > Self.burst
            ? [WatchedChange(merging: changes)] : changes.map { WatchedChange(merging: [$0]) }
        for message in messages {
            try await stream.send(
                WatchReply.encode(
                    .change, subject.change(message), previous: place.told,
                    revision: message.position))
            place.told = message.position
            place.quietSince = .now
        }
        place.known = reached
    }

    private func beat(_ place: inout Place, _ stream: any ServerStream) async throws(Status) {
        let beat = encoded(
            Slotd_V1_Heartbeat.with { $0.serverNow = Google_Protobuf_Timestamp(engine.now) })
        try await stream.send(
            WatchReply.encode(.heartbeat, beat, previous: place.told, revision: place.known))
        place.told = place.known
        place.quietSince = .now
    }

    private func sendSnapshot(
        after place: Place?, _ stream: any ServerStream
    ) async throws(Status) -> Place {
        let start = try await look(wantsSnapshot: true, replacing: place?.subscription)
        try await stream.send(
            WatchReply.encode(
                .snapshot, start.answer, previous: place?.told ?? 0, revision: start.position))
        return Place(start.subscription, at: start.position)
    }

    /// Waits for news or for the next heartbeat; false when there will be none.
    private func wait(_ place: inout Place) async -> Bool {
        let deadline = place.quietSince + heartbeat
        let timer = Task { [subscription = place.subscription] in
            try? await Task.sleep(until: deadline, clock: .continuous)
            subscription.wake()
        }
        defer { timer.cancel() }
        return await place.wakes.next(isolation: nil) != nil
    }

    /// The subject's state, and a subscription from exactly there.
    private func look(
        wantsSnapshot: Bool, replacing old: LiveSubscription?
    ) async throws(Status) -> LiveStart<[UInt8]> {
        let subject = subject
        let result = await withCheckedContinuation { continuation in
            let now = engine.watch(
                caller.cell, loop: caller.loop, replacing: old,
                { organization, now throws(Rejection) in
                    try subject.look(organization, now, wantsSnapshot)
                }, encode: subject.card
            ) { continuation.resume(returning: $0) }
            if let now { continuation.resume(returning: now) }
        }
        switch result {
        case .success(let start): return start
        case .failure(let rejection): throw Status(rejection, now: engine.now)
        }
    }

    private func resync(_ why: String) -> Status {
        var rejection = Rejection(.resync, "since_revision: \(why); watch again without it")
        rejection.field = "since_revision"
        return Status(rejection, now: engine.now)
    }
}

/// One change, or several put together: each card in its last state, in order of the last change.
struct WatchedChange: Sendable {
    var position: Int64
    var at: Instant
    var actor: String
    var rpc: String
    var cards: [LiveCard]
    var mergedCount: Int

    /// Is told as the one that this change completes.
    mutating func sign(_ last: LiveChange) {
        position = last.position
        at = last.at
        actor = last.actor
        rpc = last.rpc
    }

    /// - changes: in order, at least one.
    init(merging changes: [LiveChange]) {
        let last = changes[changes.count - 1]
        position = last.position
        at = last.at
        actor = last.actor
        rpc = last.rpc
        mergedCount = changes.reduce(0) { $0 + $1.count }
        if changes.count == 1 {
            cards = last.cards
            return
        }
        var seen: Set<Identifier<Booking>> = []
        cards = changes.reversed().flatMap { $0.cards.reversed() }
            .filter { seen.insert($0.booking).inserted }
            .reversed()
    }
}
