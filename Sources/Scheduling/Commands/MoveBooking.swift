/// Moves a booking to another stage, as procedures.md 7 allows.
public struct MoveBooking: Command {
    /// Which.
    public var id: Identifier<Booking>
    /// The version that it must have; 0: any.
    public var expectedVersion: Int64
    /// Where to.
    public var stage: Stage
    /// Why, for the history. Needed where a rule is overridden.
    public var reason: String
    /// Rules that may be broken knowingly: CHARGE_OPEN on the way to Checkout, PROCEDURE_ACTIVE on
    /// the way back from In Procedure to Check-in.
    public var overrides: [Reason]

    /// Names all that it needs.
    public init(
        _ id: Identifier<Booking>, expectedVersion: Int64, to stage: Stage, reason: String = "",
        overrides: [Reason] = []
    ) {
        self.id = id
        self.expectedVersion = expectedVersion
        self.stage = stage
        self.reason = reason
        self.overrides = overrides
    }

    /// Decides, and changes nothing.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Booking> {
        guard let booking = organization.bookings[id] else {
            throw .unknown("booking", id.description, field: "booking_id")
        }
        if booking.stage == stage { return Decision([], booking) }
        return try organization.move(booking, self, isUndo: false, context)
    }
}

/// Takes a booking's last move back: it returns to the stage before, under the rules that a plain
/// move there would have to keep. Undoing again goes one further back.
public struct UndoMove: Command {
    /// Which.
    public var id: Identifier<Booking>
    /// The version that it must have; 0: any.
    public var expectedVersion: Int64
    /// Why. Needed where a rule is overridden.
    public var reason: String
    /// Rules that may be broken knowingly, as in `MoveBooking`.
    public var overrides: [Reason]

    /// Names all that it needs.
    public init(
        _ id: Identifier<Booking>, expectedVersion: Int64, reason: String, overrides: [Reason] = []
    ) {
        self.id = id
        self.expectedVersion = expectedVersion
        self.reason = reason
        self.overrides = overrides
    }

    /// Decides, and changes nothing.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Booking> {
        guard let booking = organization.bookings[id] else {
            throw .unknown("booking", id.description, field: "booking_id")
        }
        guard let stage = booking.stageBefore else {
            throw Rejection(.nothingToUndo, "the booking has not been moved").about(id)
        }
        let back = MoveBooking(
            id, expectedVersion: expectedVersion, to: stage, reason: reason, overrides: overrides)
        return try organization.move(booking, back, isUndo: true, context)
    }
}

/// Moves several bookings, all of them or none.
///
/// Each is judged on the same state, so a booking that wants its time back, which another one of
/// the list might take, is moved alone.
public struct MoveBookings: Command {
    /// Each of another booking.
    public var moves: [MoveBooking]

    /// At most `Limits.movesAtOnce` moves, each of another booking.
    public init(_ moves: [MoveBooking]) {
        self.moves = moves
    }

    /// Decides, and changes nothing.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<[Booking]> {
        guard !moves.isEmpty else { throw .invalid("moves", "is empty") }
        guard moves.count <= Limits.movesAtOnce else {
            throw .invalid("moves", "has \(moves.count) elements, more than \(Limits.movesAtOnce)")
        }
        var seen: Set<Identifier<Booking>> = []
        for (index, move) in moves.enumerated() where !seen.insert(move.id).inserted {
            throw .invalid("moves[\(index)].booking_id", "is in the list twice")
        }
        var all = Decision<[Booking]>([], [])
        var failures: [Rejection.Failure] = []
        for move in moves {
            do throws(Rejection) {
                if let old = organization.bookings[move.id], move.stage.occupies,
                    !old.stage.occupies, moves.count > 1
                {
                    throw Rejection(.stage, "a booking takes its time back alone, not in a list")
                }
                let one = try move.decide(on: organization, &context)
                all.writes += one.writes
                all.outcome.append(one.outcome)
            } catch {
                failures.append(
                    .init(
                        id: move.id.description, reason: error.reason, message: error.message,
                        currentVersion: error.currentVersion))
            }
        }
        guard failures.isEmpty else {
            var rejection = Rejection(
                .bulkRefused,
                "\(failures.count) of \(moves.count) bookings cannot be moved, so none was")
            rejection.blocking = failures.map(\.id)
            rejection.failures = failures
            throw rejection
        }
        return all
    }
}

extension Booking {
    /// Where the last move that still stands came from; nil when there was none. What was undone
    /// does not stand, so that undoing twice goes back twice.
    var stageBefore: Stage? {
        var standing: [Stage] = []
        for change in stageHistory {
            if change.isUndo {
                standing.removeLast(min(1, standing.count))
                // The history is cut at the front: what was undone may have been forgotten.
                if standing.last != change.stage { standing.append(change.stage) }
            } else {
                standing.append(change.stage)
            }
        }
        return standing.last { $0 != stage }
    }
}
