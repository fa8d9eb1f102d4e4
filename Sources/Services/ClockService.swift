internal import Engine
internal import GRPCWire
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// The methods of AdminService about the clock.

extension Slotd_V1_SetClockRequest: MutationRequest {}
extension Slotd_V1_AdvanceClockRequest: MutationRequest {}

extension Services {
    func registerClock(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.AdminService
        query(Methods.getClock, in: &table) { _, organization, now in
            .with {
                $0.clock = Slotd_V1_Clock(now, organization)
                $0.revision = organization.position
            }
        }
        mutation(Methods.setClock, in: &table) {
            engine, request, caller, call, release throws(Rejection) in
            guard request.hasNow else { throw .invalid("now", "is missing") }
            let move = MoveClock(.to(try instant(request.now, "now")))
            return engine.moveClock(
                move, in: caller.cell, call,
                encode: { now, organization in
                    encoded(
                        Slotd_V1_SetClockResponse.with {
                            $0.clock = Slotd_V1_Clock(now, organization)
                            $0.revision = organization.position
                        })
                }, release: release)
        }
        mutation(Methods.advanceClock, in: &table) {
            engine, request, caller, call, release throws(Rejection) in
            guard request.hasBy else { throw .invalid("by", "is missing") }
            let move = MoveClock(.by(milliseconds: try milliseconds(request.by, "by")))
            return engine.moveClock(
                move, in: caller.cell, call,
                encode: { now, organization in
                    encoded(
                        Slotd_V1_AdvanceClockResponse.with {
                            $0.clock = Slotd_V1_Clock(now, organization)
                            $0.revision = organization.position
                        })
                }, release: release)
        }
    }
}

/// A length of time in whole milliseconds; less than one is dropped. The bounds are those of
/// `google.protobuf.Duration`.
private func milliseconds(
    _ value: Google_Protobuf_Duration, _ field: String
) throws(Rejection) -> Int64 {
    guard (-315_576_000_000...315_576_000_000).contains(value.seconds),
        (-999_999_999...999_999_999).contains(value.nanos)
    else { throw .invalid(field, "is out of range") }
    guard value.seconds == 0 || value.nanos == 0 || (value.seconds < 0) == (value.nanos < 0) else {
        throw .invalid(field, "has parts of different signs")
    }
    return value.seconds * 1000 + Int64(value.nanos) / 1_000_000
}

extension Slotd_V1_Clock {
    fileprivate init(_ now: Instant, _ organization: Organization) {
        self.init()
        self.now = Google_Protobuf_Timestamp(now)
        testClock = organization.profile.testClock != nil
    }
}
