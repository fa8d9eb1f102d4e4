import Glibc
import Intervals
import Scheduling

/// Measures every kind of availability question in process and ends with 1 above a bar: a 30-day
/// list of 20 providers in a millisecond, one provider's first start in 5 microseconds.
@main
struct SearchSpeed {
    /// A question, and the nanoseconds that it may cost.
    struct Shape {
        var name: String
        var bar: Double?
        var call: () throws -> Int
    }

    static func main() throws {
        let clinic = try SpeedClinic()
        var missed: [String] = []
        print("\(clinic.organization.bookings.count) bookings; CPU time a call, in microseconds\n")
        print("| question | answers | median | p99 | bar | median / bar |")
        print("|---|---:|---:|---:|---:|---:|")
        for shape in try shapes(clinic) {
            let answers = try shape.call()
            let watch = try Stopwatch(milliseconds: 300, shape.call)
            let bar = shape.bar.map { text($0) } ?? ""
            let ratio = shape.bar.map { hundredths(watch.median / $0) } ?? ""
            print(
                "| \(shape.name) | \(answers) | \(text(watch.median)) | \(text(watch.high)) "
                    + "| \(bar) | \(ratio) |")
            if let bar = shape.bar, watch.median > bar { missed.append(shape.name) }
        }
        if missed.isEmpty { return }
        print("\nabove the bar: \(missed.joined(separator: "; "))")
        exit(1)
    }

    /// Nanoseconds as microseconds.
    private static func text(_ nanoseconds: Double) -> String { hundredths(nanoseconds / 1000) }

    private static func hundredths(_ number: Double) -> String {
        let rounded = Int((number * 100).rounded())
        let rest = rounded % 100
        return "\(rounded / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    private static func shapes(_ clinic: SpeedClinic) throws -> [Shape] {
        let organization = clinic.organization
        let opening = SpeedClinic.opening
        func later(_ days: Int32) -> Minute { opening.clampedAdding(minutes: days * 1440) }
        func list(
            _ service: Identifier<Service>, _ days: Int32, limit: Int = 1_000_000,
            provider: Identifier<Provider>? = nil
        ) -> () throws -> Int {
            let request = SlotRequest(
                location: clinic.place, service: service, providers: provider.map { [$0] } ?? [])
            return {
                try organization.findSlots(
                    request, from: opening, to: later(days), limit: limit, now: SpeedClinic.now
                ).starts.count
            }
        }
        let all = SlotRequest(location: clinic.place, service: clinic.visit)
        let two = SlotRequest(
            location: clinic.place,
            segments: [clinic.visit, clinic.inRoom].map { SegmentRequest(service: $0) })
        let closed = opening.clampedAdding(minutes: -300)
        return [
            Shape(
                name: "first start, one provider", bar: 5_000,
                call: list(clinic.visit, 30, limit: 1, provider: clinic.providers[7])),
            Shape(
                name: "list, 30 days, 20 providers", bar: 1_000_000, call: list(clinic.visit, 30)),
            Shape(
                name: "page of 500, 30 days, 20 providers", call: list(clinic.visit, 30, limit: 500)
            ),
            Shape(name: "list, 1 day, 20 providers", call: list(clinic.visit, 1)),
            Shape(name: "list, 31 days, 50 providers", call: list(clinic.anyone, 31)),
            Shape(name: "list, 1 day, and one of 10 rooms", call: list(clinic.inRoom, 1)),
            Shape(name: "list, 30 days, and one of 10 rooms", call: list(clinic.inRoom, 30)),
            Shape(
                name: "list, 1 day, and one of 10 rooms with own hours",
                call: list(clinic.inOwnRoom, 1)),
            Shape(
                name: "list, 30 days, and one of 10 rooms with own hours",
                call: list(clinic.inOwnRoom, 30)),
            Shape(
                name: "first start, with room, laser and buffers",
                call: list(clinic.laser, 30, limit: 1)),
            Shape(name: "list, 1 day, two services one after another") {
                try organization.findSlots(
                    two, from: opening, to: later(1), limit: 10_000, now: SpeedClinic.now
                ).starts.count
            },
            Shape(name: "stream, 62 days, 50 providers, pages of 1000") {
                let request = SlotRequest(location: clinic.place, service: clinic.anyone)
                var count = 0
                var from: Minute? = opening
                while let start = from {
                    let page = try organization.findSlots(
                        request, from: start, to: later(62), limit: 1000, now: SpeedClinic.now)
                    count += page.starts.count
                    from = page.next
                }
                return count
            },
            Shape(name: "earliest, 4 locations, 20 providers") {
                try organization.findEarliest(
                    all, at: [clinic.place] + clinic.others, from: opening, to: later(60), limit: 1,
                    now: SpeedClinic.now
                ).count
            },
            Shape(name: "check a start that is refused, 20 providers") {
                if case .failure = organization.check(all, at: closed, now: SpeedClinic.now) {
                    return 1
                }
                return 0
            },
            Shape(name: "explain a start, 20 providers") {
                try organization.explain(all, at: closed, now: SpeedClinic.now).verdicts.count
            },
            Shape(name: "explain a day, 20 providers") {
                try organization.explain(all, from: opening, to: later(1), now: SpeedClinic.now)
                    .days.reduce(0) { $0 + $1.available + $1.reasons.values.reduce(0, +) }
            },
            Shape(name: "free and busy, 20 providers, a week") {
                guard let week = Interval(opening, later(7)) else { return 0 }
                return try organization.freeBusy(
                    at: clinic.place, providers: Array(clinic.providers[..<20]), resources: [],
                    in: week, now: SpeedClinic.now
                ).count
            },
        ]
    }
}
