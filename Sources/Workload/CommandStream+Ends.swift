internal import Scheduling

// What becomes of bookings, procedures and charges beside their usual way.

extension CommandStream {
    mutating func putting(_ organization: Organization) -> RandomCommand {
        let id = booking()
        let expected = version(organization.bookings[id]?.version)
        switch random.pick(weights: [5, 3, 4, 1, 3, 2]) {
        case 0: return RandomCommand(UndoMove(id, expectedVersion: expected, reason: ""))
        case 1:
            return RandomCommand(ArchiveBooking(id, expectedVersion: expected, reason: "random"))
        case 2: return RandomCommand(RestoreBooking(id, expectedVersion: expected, reason: ""))
        case 3: return RandomCommand(DeleteBooking(id, expectedVersion: expected, reason: "random"))
        case 4: return moveAll(organization)
        default: return RandomCommand(SweepNoShows())
        }
    }

    private mutating func moveAll(_ organization: Organization) -> RandomCommand {
        var moves: [MoveBooking] = []
        let stage = random.pick(Stage.allCases) ?? .confirmed
        for _ in 0..<random.pick(1...3) {
            let id = booking()
            let record = organization.bookings[id]
            guard wrong() || record?.stage.successors.contains(stage) == true else { continue }
            moves.append(
                MoveBooking(id, expectedVersion: version(record?.version), to: stage))
        }
        return RandomCommand(MoveBookings(moves))
    }

    mutating func billing(_ organization: Organization) -> RandomCommand {
        let id = charge()
        let expected = version(organization.charges[id]?.version)
        switch random.pick(weights: [3, 4, 1]) {
        case 0:
            let booking = booking()
            let amount = Money(minor: Int64(random.pick(0...50)) * 100, currency: "USD")
            return RandomCommand(
                SetDeposit(
                    booking, expectedVersion: version(organization.bookings[booking]?.version),
                    amount: amount, isPaid: random.chance(50)))
        case 1:
            return RandomCommand(
                MarkBilled(id, expectedVersion: expected, externalRef: "INV-\(random.pick(1...9))"))
        default: return RandomCommand(VoidCharge(id, expectedVersion: expected, reason: "random"))
        }
    }

    /// The last steps of a procedure's life, and another booking for it.
    mutating func ending(_ organization: Organization) -> RandomCommand {
        let id = procedure()
        let expected = version(organization.procedures[id]?.version)
        switch random.pick(weights: [4, 3, 2, 4]) {
        case 0:
            return RandomCommand(
                SignProcedure(
                    procedure: id, expectedVersion: expected,
                    permittedBy: random.chance(70) ? "dr-1" : ""))
        case 1:
            return RandomCommand(
                CancelProcedure(procedure: id, expectedVersion: expected, reason: "random"))
        case 2:
            return RandomCommand(
                MarkProcedureInError(procedure: id, expectedVersion: expected, reason: "random"))
        default:
            return reattaching(organization)
        }
    }

    /// Mostly of a procedure that has a booking: few have one for long.
    private mutating func reattaching(_ organization: Organization) -> RandomCommand {
        let attached = procedures.suffix(48)
            .filter { organization.activeAttachment(of: $0) != nil }
        let id = wrong() ? procedure() : random.pick(attached) ?? procedure()
        let present = organization.activeAttachment(of: id)?.booking
        let from = wrong() ? booking() : present ?? booking()
        let to = booking(for: id, organization)
        return RandomCommand(
            ReattachBooking(
                procedure: id, from: from, to: to, segment: segment(), reason: "random",
                advancesStage: random.chance(50),
                expectedVersion: version(organization.procedures[id]?.version),
                expectedFromVersion: version(organization.bookings[from]?.version),
                expectedToVersion: version(organization.bookings[to]?.version)))
    }
}
