// Charges follow their procedures (procedures.md 9): what each command writes of them besides.

extension Organization {
    /// The charge for a segment that is being attached; nil where its service has no price.
    func charge(
        for procedure: Procedure, _ booking: Booking, segment: Int32,
        _ context: inout DecisionContext
    ) -> Charge? {
        let service = booking.segments[Int(segment) - 1].service
        guard let price = services[service]?.details.price else { return nil }
        return Charge(
            id: context.ids.next(), procedure: procedure.id, booking: booking.id,
            segment: segment, service: service, code: price.code, amount: price.amount,
            status: procedure.chargeStatus, createdAt: context.now)
    }

    /// The open charges of a procedure as its new state has them, where that differs.
    func chargeWrites(following procedure: Procedure) -> [RecordWrite] {
        charges(of: procedure.id)
            .filter { $0.status.isOpen && $0.status != procedure.chargeStatus }
            .map { charge in
                var following = charge
                following.status = procedure.chargeStatus
                following.version += 1
                return .put(.charge(following))
            }
    }
}

extension Procedure {
    /// What its open charges are.
    var chargeStatus: ChargeStatus {
        isConsultOnly ? .notBillable : status.isDone ? .billable : .planned
    }
}

extension Charge {
    /// The same charge, which counts no more.
    func voided(_ reason: String) -> Charge {
        var void = self
        void.status = .void
        void.voidReason = reason
        void.version += 1
        return void
    }
}
