/// Conditions on charges, joined by AND.
public struct ChargeFilter: Sendable {
    /// Only of this procedure.
    public var procedure: Identifier<Procedure>?
    /// Only of this booking.
    public var booking: Identifier<Booking>?
    /// Only of this patient.
    public var patient: Identifier<Patient>?
    /// Empty: any.
    public var statuses: Set<ChargeStatus> = []
    /// Planned at or after this.
    public var from: Instant?
    /// Planned before this.
    public var to: Instant?

    /// Names all that it needs.
    public init() {}
}

extension Organization {
    /// Charges in order of id, from the first after `after`.
    ///
    /// Cost: the charges of the procedure or booking named; else all, up to the page's end.
    public func listCharges(
        _ filter: ChargeFilter, after: Identifier<Charge>?, limit: Int
    ) -> Page<Charge, Identifier<Charge>> {
        var rows: [Charge] = []
        var hasMore = false
        func visit(_ charge: Charge) -> Bool {
            guard accepts(charge, filter) else { return true }
            if rows.count == limit {
                hasMore = true
                return false
            }
            rows.append(charge)
            return true
        }
        let few: [Charge]? =
            filter.procedure.map { charges(of: $0) } ?? filter.booking.map { charges(of: $0) }
        if let few {
            for charge in few where after.map({ $0 < charge.id }) ?? true {
                guard visit(charge) else { break }
            }
        } else {
            charges.forEach(after: after, visit)
        }
        return Page(rows: rows, next: hasMore ? rows.last?.id : nil)
    }

    private func accepts(_ charge: Charge, _ filter: ChargeFilter) -> Bool {
        (filter.procedure == nil || charge.procedure == filter.procedure)
            && (filter.booking == nil || charge.booking == filter.booking)
            && (filter.patient == nil || procedures[charge.procedure]?.patient == filter.patient)
            && (filter.statuses.isEmpty || filter.statuses.contains(charge.status))
            && (filter.from.map { charge.createdAt >= $0 } ?? true)
            && (filter.to.map { charge.createdAt < $0 } ?? true)
    }
}
