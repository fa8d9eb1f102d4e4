import Intervals
import Workload

@testable import Scheduling

// What a person needs to decide who is right.

extension VisitWorld {
    /// The first slots on which the core and the oracle differ, and what each says about them.
    func difference(
        _ found: [VisitOracle.Slot], _ expected: [VisitOracle.Slot], _ request: SlotRequest
    ) -> String {
        let surplus = found.filter { !expected.contains($0) }
        let missing = expected.filter { !found.contains($0) }
        var lines = ["\(surplus.count) too many, \(missing.count) missing", "\(request)"]
        for slot in [surplus.first, missing.first].compactMap({ $0 }) {
            lines.append("first: \(slot.start) \(slot.duration) \(slot.providers)")
            lines += describe(slot.start, request)
        }
        for segment in request.segments {
            guard let service = organization.services[segment.service] else { continue }
            lines.append("\(service.details)")
        }
        return lines.joined(separator: "\n    ")
    }

    /// What each says about a start.
    func describe(_ start: Int, _ request: SlotRequest) -> [String] {
        let minute = Minute(sinceEpoch: Int32(start))
        var lines = ["at \(minute):"]
        if let verdicts = try? organization.explain(request, at: minute, now: sandbox.now).verdicts
        {
            for verdict in verdicts {
                let reasons = verdict.failures.map { "\($0.reason)" }
                lines.append(
                    "core: \(verdict.segment) \(String(describing: verdict.provider)) \(reasons)")
            }
        }
        guard var oracle = oracle(request) else { return lines }
        let judgement = oracle.judge(judged(request))
        for (index, segment) in oracle.segments.enumerated() {
            for (number, lane) in segment.lanes.enumerated() {
                let isOnStep = index > 0 || judgement.isOnStep(number, start)
                lines.append(
                    "oracle: \(index + 1) \(lane.provider.id) "
                        + "\(oracle.broken(index, number, at: start)) on step: \(isOnStep)")
            }
        }
        return lines
    }
}
