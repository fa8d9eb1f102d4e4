internal import Engine
internal import GRPCWire
internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

extension Services {
    func registerBoard(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.BoardService
        registerGetBoard(in: &table)
        mutation(Methods.moveBooking, in: &table) { request, organization, _ throws(Rejection) in
            MoveBooking(
                try identifier(request.bookingID, "booking_id", .booking, in: organization),
                expectedVersion: try expected(request.expectedVersion),
                to: try requiredEnumeration(request.stage.rawValue, "stage", as: Stage.self),
                reason: try visibleText(request.reason, "reason", 0...500),
                overrides: try moveOverrides(request.overrides, "overrides"))
        } reply: { booking, organization in
            .with {
                $0.booking = Slotd_V1_Booking(booking, in: organization, now: now)
                $0.revision = organization.position
            }
        }
        mutation(Methods.moveBookings, in: &table) { request, organization, _ throws(Rejection) in
            try moves(request, in: organization)
        } reply: { bookings, organization in
            .with {
                $0.bookings = bookings.map { Slotd_V1_Booking($0, in: organization, now: now) }
                $0.revision = organization.position
            }
        }
        mutation(Methods.undoMove, in: &table) { request, organization, _ throws(Rejection) in
            UndoMove(
                try identifier(request.bookingID, "booking_id", .booking, in: organization),
                expectedVersion: try expected(request.expectedVersion),
                reason: try visibleText(request.reason, "reason", 0...500),
                overrides: try moveOverrides(request.overrides, "overrides"))
        } reply: { booking, organization in
            .with {
                $0.booking = Slotd_V1_Booking(booking, in: organization, now: now)
                $0.revision = organization.position
            }
        }
    }
}

extension Services {
    /// The present board from memory, a past one from the trail.
    private func registerGetBoard(in table: inout ServiceTable) {
        let (engine, zones) = (engine, zones)
        trailQuery(
            Methods.BoardService.getBoard, in: &table,
            unless: { request, organization, now throws(Rejection) in
                if request.hasAsOf {
                    let at = try instant(request.asOf, "as_of")
                    guard at <= now else { throw .invalid("as_of", "lies in the future") }
                    return nil
                }
                let board = try organization.board(
                    try identifier(
                        request.locationID, "location_id", .location, in: organization),
                    date: request.hasDate ? try date(request.date, "date") : nil, now: now)
                return Slotd_V1_GetBoardResponse(board, in: organization, now: now)
            },
            { request, reader, caller throws(Rejection) in
                let id: Identifier<Location> = try engine.advise(caller.cell) {
                    organization, _ throws(Rejection) in
                    try identifier(
                        request.locationID, "location_id", .location, in: organization)
                }.get()
                return try PastBoard(
                    reader, at: try instant(request.asOf, "as_of"), zones: zones
                ).reply(id, date: request.hasDate ? try date(request.date, "date") : nil)
            })
    }
}

private func moves(
    _ request: Slotd_V1_MoveBookingsRequest, in organization: Organization
) throws(Rejection) -> MoveBookings {
    var moves: [MoveBooking] = []
    let messages = try list(request.moves, "moves", atMost: Limits.movesAtOnce)
    for (index, move) in messages.enumerated() {
        let path = "moves[\(index)]"
        moves.append(
            MoveBooking(
                try identifier(move.bookingID, "\(path).booking_id", .booking, in: organization),
                expectedVersion: try expected(
                    move.expectedVersion, "\(path).expected_version"),
                to: try requiredEnumeration(
                    move.stage.rawValue, "\(path).stage", as: Stage.self),
                reason: try visibleText(move.reason, "\(path).reason", 0...500),
                overrides: try moveOverrides(move.overrides, "\(path).overrides")))
    }
    return MoveBookings(moves)
}

private func moveOverrides(
    _ reasons: [Slotd_V1_Reason], _ field: String
) throws(Rejection) -> [Reason] {
    var overrides: [Reason] = []
    for (index, reason) in try list(reasons, field, atMost: 8).enumerated() {
        let path = "\(field)[\(index)]"
        overrides.append(
            try requiredEnumeration(reason.rawValue, path, as: Reason.self))
    }
    return overrides
}

extension Slotd_V1_GetBoardResponse {
    init(_ board: Board, in organization: Organization, now: Instant) {
        self.init()
        locationID = board.location.id.description
        locationName = board.location.details.name
        date = Slotd_V1_LocalDate(board.date)
        timeZone = board.location.details.timeZone
        revision = organization.position
        columns = board.columns.map { column in
            Slotd_V1_BoardColumn.with {
                $0.stage = Slotd_V1_Stage(column.stage)
                $0.label = column.stage.label
                $0.alertMinutes = organization.alertMinutes(in: column.stage)
                $0.cards = column.bookings.map {
                    Slotd_V1_BoardCard($0, in: organization, now: now)
                }
            }
        }
    }
}

extension Slotd_V1_BoardCard {
    init(_ record: Booking, in organization: Organization, now: Instant) {
        self.init()
        let segment = record.segments[0]
        booking = Slotd_V1_Booking(record, in: organization, now: now)
        patientName = organization.patients[record.patient]?.details.name ?? ""
        providerName = organization.providers[segment.provider]?.details.name ?? ""
        serviceName = organization.services[segment.service]?.details.name ?? ""
        let since = record.stageHistory.last?.at ?? record.createdAt
        inStageSince = Google_Protobuf_Timestamp(since)
        minutesInStage = record.minutesInStage(now: now)
        alert = organization.alerts(record, now: now)
        paymentPending = record.isPaymentPending
        if let attachment = organization.activeAttachments(of: record).first,
            let procedure = organization.procedures[attachment.procedure]
        {
            procedureStatus = Slotd_V1_ProcedureStatus(procedure.status)
        }
    }
}
