internal import Scheduling

// The way that a visit goes when all is well: random commands alone seldom come to its end.

extension CommandStream {
    /// The next step of some booking's visit.
    mutating func visiting(_ organization: Organization) -> RandomCommand {
        let id = booking()
        guard let booking = organization.bookings[id] else {
            return RandomCommand(UndoMove(id, expectedVersion: 0, reason: ""))
        }
        let version = version(booking.version)
        func move(_ stage: Stage) -> RandomCommand {
            RandomCommand(MoveBooking(id, expectedVersion: version, to: stage))
        }
        switch booking.stage {
        case .new, .confirmed: return move(.checkIn)
        case .checkIn:
            return RandomCommand(
                StartProcedure(
                    booking: id, segment: 1, view: .multiPage, expectedVersion: version))
        case .inProcedure: return treating(booking, organization)
        case .billing:
            let open = organization.charges(of: id).first { $0.status == .billable }
            if let open, random.chance(70) {
                return RandomCommand(
                    MarkBilled(
                        open.id, expectedVersion: self.version(open.version),
                        externalRef: "INV-\(random.pick(1...9))"))
            }
            return RandomCommand(
                MoveBooking(
                    id, expectedVersion: version, to: .checkout, reason: "pays later",
                    overrides: random.chance(50) ? [.chargeOpen] : []))
        case .checkout: return move(random.chance(20) ? .archived : .billing)
        case .waitlist, .noShow, .cancelled, .archived:
            return RandomCommand(RestoreBooking(id, expectedVersion: version, reason: ""))
        }
    }

    /// What its procedure wants next.
    private mutating func treating(
        _ booking: Booking, _ organization: Organization
    ) -> RandomCommand {
        let open = organization.activeAttachments(of: booking)
            .compactMap { organization.procedures[$0.procedure] }
            .first { !$0.status.isDone }
        guard let open else {
            return RandomCommand(MoveBooking(booking.id, expectedVersion: 0, to: .billing))
        }
        guard open.status == .draft else {
            return RandomCommand(
                CompleteProcedure(procedure: open.id, expectedVersion: version(open.version)))
        }
        var submit = SubmitProcedure(procedure: open.id, patient: nil)
        submit.type = open.type ?? type()
        submit.expectedVersion = version(open.version)
        return RandomCommand(submit)
    }
}
