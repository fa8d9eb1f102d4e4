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
    var isDryRun = false
    /// Nothing is taken after the first record that is refused.
    var stopsAtRefusal = false
    /// Refused records that are told one by one; the rest is only counted.
    var toldMax = Int.max
    /// Where it is kept how far the answers have come.
    var bookmark: ImportBookmark?
    /// Gets every refused record.
    var refusals: RefusalFile?
    /// The column of a field that the daemon complains of.
    var columnOfField: @Sendable (String) -> String? = { _ in nil }

    static let window = 256

    /// The record at which it stopped.
    private(set) var stop: ImportRefusal?
    private var tally = ImportTally()
    private var next = 0
    private var answered = 0
    /// The records that wait for their answers, each in the place of its number modulo `window`.
    private var waiting: [ImportItem?] = []
    /// Why bookings were refused in this run, by external_ref: a procedure of such a booking cannot
    /// be taken either, and this is the reason that a person looks for.
    private var refusedBookings: [String: ImportRefusal] = [:]
    /// Where the bookings of this run came from, by id, so that what blocks another can be found.
    private var sourceOfBooking: [String: SourceLine] = [:]

    init(session: Session, items: ImportItems, progress: Progress) {
        self.session = session
        self.items = items
        self.progress = progress
    }

    /// Sends everything that the bookmark does not know as answered. A refused record is no
    /// failure; a broken stream is one, and running the import again goes on where it broke, since
    /// what exists is left alone.
    mutating func run() async throws(CommandFailure) -> ImportTally {
        next = try bookmark?.open(items) ?? 0
        answered = next
        waiting = Array(repeating: nil, count: Self.window)
        do {
            try await exchangeAll()
        } catch {
            progress.finish()
            let failure = error as? CommandFailure ?? failure(error)
            try keepPlace()
            throw failure
        }
        progress.finish()
        if stop == nil {
            try refusals?.flush()
            try bookmark?.remove()
        } else {
            try keepPlace()
        }
        return tally
    }

    private func failure(_ error: any Error) -> CommandFailure {
        guard let status = error as? Status else { return .local("\(error)") }
        var failure = CommandFailure(status)
        failure.message +=
            " (after \(answered) of \(items.count) records; run the import again to go on)"
        return failure
    }

    private mutating func exchangeAll() async throws {
        guard answered < items.count else { return }
        let stream = try await session.api.transport.open(
            Methods.ImportService.import.path, session.api.metadata, nil)
        try await exchange(stream)
    }

    private mutating func exchange(_ stream: MessageStream) async throws {
        var isOpen = true
        while answered < items.count, stop == nil {
            if isOpen, next < items.count, next - answered < Self.window {
                let item = items.item(next)
                waiting[next % Self.window] = item
                let request = Slotd_V1_ImportRequest.with {
                    $0.sequence = Int64(next)
                    $0.record = item.record
                    $0.dryRun = isDryRun
                    $0.stopIfRefused = stopsAtRefusal
                }
                let message = try APIClient.encode(request)
                do {
                    try await stream.send(message)
                    next += 1
                    if next == items.count { try await stream.halfClose() }
                } catch {
                    // The call has ended. What was answered before is still to be read, and how it
                    // ended comes after that.
                    isOpen = false
                }
                continue
            }
            try await takeNext(stream)
        }
    }

    private mutating func takeNext(_ stream: MessageStream) async throws {
        guard let bytes = try await stream.next() else {
            throw CommandFailure.local(
                "the daemon ended the import after \(answered) of \(items.count) records")
        }
        let answer: Slotd_V1_ImportResponse = try APIClient.decode(bytes)
        guard answer.sequence == Int64(answered), let item = waiting[answered % Self.window] else {
            throw CommandFailure.local(
                "the daemon answered record \(answer.sequence) in place of \(answered)")
        }
        tally.count(item, answer)
        if answer.outcome == .refused {
            let refusal = refusal(item, answer)
            try refusals?.add(refusal)
            tally.toldCount += 1
            if tally.toldCount <= toldMax { progress.note(refusal.line) }
            if stopsAtRefusal {
                // The record is not counted as answered: once it is mended, it goes first.
                stop = refusal
                return
            }
        } else if item.kind == .booking {
            sourceOfBooking[answer.id] = item.source
        }
        answered += 1
        bookmark?.took(item)
        if bookmark?.isDue == true { try keepPlace() }
        progress.show(answered)
    }

    /// What was refused is on its file before the bookmark goes past it.
    private func keepPlace() throws(CommandFailure) {
        try refusals?.flush()
        try bookmark?.save()
    }

    private mutating func refusal(
        _ item: ImportItem, _ answer: Slotd_V1_ImportResponse
    ) -> ImportRefusal {
        var message = answer.message.isEmpty ? answer.reason.short : answer.message
        if case .procedure(let procedure) = item.record,
            let booking = refusedBookings[procedure.bookingRef]
        {
            message =
                "its encounter \(booking.reference) (\(booking.source)) was refused: "
                + "\(booking.reason)"
        }
        let column = columnOfField(answer.field)
        // A person who looks at a column is not told the path of a field as well.
        if column != nil, message.hasPrefix("\(answer.field): ") {
            message.removeFirst(answer.field.count + 2)
        }
        let refusal = ImportRefusal(
            kind: item.kind, reference: item.reference, source: item.source,
            column: column, reason: answer.reason.word, message: message,
            blocking: answer.blockingIds.map { id in
                sourceOfBooking[id].map { "\(id) from \($0)" } ?? id
            })
        if item.kind == .booking { refusedBookings[item.reference] = refusal }
        return refusal
    }
}
