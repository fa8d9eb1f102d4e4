internal import GRPCWire
internal import SlotdAPI
internal import SwiftProtobuf

/// Records to send, made one by one when their turn comes.
struct ImportItems: Sendable {
    let count: Int
    let item: @Sendable (Int) -> ImportItem

    init(count: Int, item: @escaping @Sendable (Int) -> ImportItem) {
        self.count = count
        self.item = item
    }

    init(_ items: [ImportItem]) {
        self.init(count: items.count) { items[$0] }
    }
}

/// Sends records over one stream and collects the answers, which come in the order of the records.
/// At most `window` records wait for their answers, so memory stays bounded whatever the length.
struct ImportRun {
    let session: Session
    let items: ImportItems
    let progress: Progress
    /// The daemon only judges.
    let isDryRun: Bool
    /// Refused records that are told one by one; the rest is only counted.
    let toldMax: Int

    static let window = 256

    private var tally = ImportTally()
    private var next = 0
    private var answered = 0
    /// The records that wait for their answers, each in the place of its number modulo `window`.
    private var waiting: [ImportItem] = []
    /// Why bookings were refused in this run, by external_ref: a procedure of such a booking cannot
    /// be taken either, and this is the reason that a person looks for.
    private var refusedBookings: [String: ImportRefusal] = [:]
    /// Where the bookings of this run came from, by id, so that what blocks another can be found.
    private var sourceOfBooking: [String: SourceLine] = [:]

    init(
        session: Session, items: ImportItems, progress: Progress, isDryRun: Bool = false,
        toldMax: Int = .max
    ) {
        self.session = session
        self.items = items
        self.progress = progress
        self.isDryRun = isDryRun
        self.toldMax = toldMax
    }

    /// Sends everything. A refused record is no failure; a broken stream is one, and running the
    /// import again goes on where it broke, since what exists is left alone.
    mutating func run() async throws(CommandFailure) -> ImportTally {
        do {
            let stream = try await session.api.transport.open(
                Methods.ImportService.import.path, session.api.metadata, nil)
            try await exchange(stream)
        } catch {
            progress.finish()
            throw error as? CommandFailure ?? failure(error)
        }
        progress.finish()
        return tally
    }

    private func failure(_ error: any Error) -> CommandFailure {
        guard let status = error as? Status else { return .local("\(error)") }
        var failure = CommandFailure(status)
        failure.message +=
            " (after \(answered) of \(items.count) records; run the import again to go on)"
        return failure
    }

    private mutating func exchange(_ stream: MessageStream) async throws {
        while answered < items.count {
            if next < items.count, next - answered < Self.window {
                let item = items.item(next)
                if next < Self.window {
                    waiting.append(item)
                } else {
                    waiting[next % Self.window] = item
                }
                let request = Slotd_V1_ImportRequest.with {
                    $0.sequence = Int64(next)
                    $0.record = item.record
                    $0.dryRun = isDryRun
                }
                try await stream.send(try APIClient.encode(request))
                next += 1
                if next == items.count { try await stream.halfClose() }
                continue
            }
            guard let bytes = try await stream.next() else {
                throw CommandFailure.local(
                    "the daemon ended the import after \(answered) of \(items.count) records")
            }
            let answer: Slotd_V1_ImportResponse = try APIClient.decode(bytes)
            try take(answer)
        }
    }

    private mutating func take(_ answer: Slotd_V1_ImportResponse) throws(CommandFailure) {
        guard answer.sequence == Int64(answered) else {
            throw .local("the daemon answered record \(answer.sequence) in place of \(answered)")
        }
        let item = waiting[answered % Self.window]
        answered += 1
        tally.count(item, answer)
        if answer.outcome == .refused {
            refuse(item, answer)
        } else if item.kind == .booking {
            sourceOfBooking[answer.id] = item.source
        }
        progress.show(answered)
    }

    private mutating func refuse(_ item: ImportItem, _ answer: Slotd_V1_ImportResponse) {
        var message = answer.message.isEmpty ? answer.reason.short : answer.message
        if case .procedure(let procedure) = item.record,
            let booking = refusedBookings[procedure.bookingRef]
        {
            message =
                "its encounter \(booking.reference) (\(booking.source)) was refused: "
                + "\(booking.reason)"
        }
        let refusal = ImportRefusal(
            kind: item.kind, reference: item.reference, source: item.source,
            reason: answer.reason.word, message: message,
            blocking: answer.blockingIds.map { id in
                sourceOfBooking[id].map { "\(id) from \($0)" } ?? id
            })
        if item.kind == .booking { refusedBookings[item.reference] = refusal }
        tally.toldCount += 1
        if tally.toldCount <= toldMax { progress.note(refusal.line) }
    }
}
