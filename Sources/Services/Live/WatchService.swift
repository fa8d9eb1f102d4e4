internal import Engine
internal import GRPCWire
internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf
internal import WireFormat

extension Services {
    /// `WatchBoard` and `WatchBooking`.
    func registerWatches(in table: inout ServiceTable) {
        watch(Methods.BoardService.watchBoard, in: &table) { request, now throws(Rejection) in
            let wanted = request.hasDate ? try date(request.date, "date") : nil
            let location = request.locationID
            let subject = WatchSubject.board(location, date: wanted, since: now)
            return (subject, request.sinceRevision, request.heartbeatSeconds)
        }
        watch(Methods.BookingService.watchBooking, in: &table) { request, _ throws(Rejection) in
            (.booking(request.bookingID), request.sinceRevision, request.heartbeatSeconds)
        }
    }

    private func watch<Request: Message, Response: Message>(
        _ method: Method<Request, Response>, in table: inout ServiceTable,
        _ body:
            @escaping @Sendable (Request, Instant) throws(Rejection) -> (
                subject: WatchSubject, since: Int64, heartbeatSeconds: Int32
            )
    ) {
        table.stream(method.path, kind: .server) { stream throws(Status) in
            var requests = stream.requests.makeAsyncIterator()
            guard let message = try await requests.next() else {
                throw Status(.internal, "the call has no request")
            }
            let request: Request
            do {
                request = try Request(serializedBytes: message.bytes)
            } catch {
                throw Status(.internal, "the request is no \(Request.protoMessageName)")
            }
            let watch: Watch
            do throws(Rejection) {
                let caller = try self.caller(stream.metadata, loop: stream.loop)
                let wish = try body(request, engine.now)
                watch = try Watch(
                    wish.subject, engine, caller, since: wish.since,
                    heartbeatSeconds: wish.heartbeatSeconds)
            } catch {
                throw Status(error, now: engine.now)
            }
            try await watch.run(stream)
        }
    }
}

extension WatchSubject {
    /// A day of a location's board. Which day is today is settled when the call begins: the day
    /// does not change at midnight, nor when the stream has to begin again with a snapshot.
    fileprivate static func board(
        _ location: String, date: LocalDate?, since start: Instant
    ) -> WatchSubject {
        WatchSubject(
            look: { organization, now, wantsSnapshot throws(Rejection) in
                let id: Identifier<Location> = try identifier(
                    location, "location_id", .location, in: organization)
                let board = try organization.board(id, date: date, now: start)
                let day = try organization.boardDay(at: id, date: board.date, now: now)
                guard let day else {
                    throw .invalid("date", "is left out by the calendar of the location")
                }
                guard wantsSnapshot else { return (.board(id, day), []) }
                let reply = Slotd_V1_GetBoardResponse(board, in: organization, now: now)
                return (.board(id, day), encoded(reply))
            },
            card: { encoded(Slotd_V1_BoardCard($0, in: $1, now: $2)) },
            change: { change in
                let head = encoded(
                    Slotd_V1_BoardChange.with {
                        $0.removedBookingIds = change.cards.filter { $0.bytes == nil }
                            .map(\.booking.description)
                        $0.at = Google_Protobuf_Timestamp(change.at)
                        $0.actor = change.actor
                        $0.rpc = change.rpc
                        $0.mergedChanges = Int32(clamping: change.mergedCount)
                    })
                var writer = MessageWriter(after: head)
                for card in change.cards {
                    if let card = card.bytes { writer.message(1, card) }
                }
                return writer.bytes
            })
    }

    fileprivate static func booking(_ name: String) -> WatchSubject {
        WatchSubject(
            look: { organization, now, wantsSnapshot throws(Rejection) in
                let id: Identifier<Booking> = try identifier(
                    name, "booking_id", .booking, in: organization)
                guard let booking = organization.bookings[id] else {
                    throw .unknown("booking", name, field: "booking_id")
                }
                guard wantsSnapshot else { return (.booking(id), []) }
                let reply = Slotd_V1_Booking(booking, in: organization, now: now)
                return (.booking(id), encoded(reply))
            },
            card: { encoded(Slotd_V1_Booking($0, in: $1, now: $2)) },
            change: { change in
                let head = encoded(
                    Slotd_V1_BookingChange.with {
                        $0.deleted = change.cards.last?.bytes == nil
                        $0.at = Google_Protobuf_Timestamp(change.at)
                        $0.actor = change.actor
                        $0.rpc = change.rpc
                        $0.mergedChanges = Int32(clamping: change.mergedCount)
                    })
                var writer = MessageWriter(after: head)
                if let booking = change.cards.last?.bytes { writer.message(1, booking) }
                return writer.bytes
            })
    }
}
