@testable import Scheduling

/// Rules that a start breaks: a bit for each reason, so that millions of them cost nothing.
struct BrokenRules: Equatable, ExpressibleByArrayLiteral {
    private var bits: UInt64 = 0

    init(arrayLiteral reasons: Reason...) {
        for reason in reasons { insert(reason) }
    }

    var isEmpty: Bool { bits == 0 }

    mutating func insert(_ reason: Reason) { bits |= 1 << UInt64(reason.rawValue) }

    mutating func formUnion(_ others: BrokenRules) { bits |= others.bits }

    func contains(_ reason: Reason) -> Bool { bits & 1 << UInt64(reason.rawValue) != 0 }
}

extension BrokenRules: CustomStringConvertible {
    var description: String { "\(Reason.allCases.filter { contains($0) })" }
}
