/// Signs a completed procedure, which locks it. One that is signed already stays as it is.
public struct SignProcedure: Command {
    /// Which procedure.
    public var procedure: Identifier<Procedure>
    /// The version that it must have; 0: any.
    public var expectedVersion: Int64
    /// The physician who permits it, where one is needed.
    public var permittedBy: String

    /// Names all that it needs.
    public init(procedure: Identifier<Procedure>, expectedVersion: Int64, permittedBy: String) {
        self.procedure = procedure
        self.expectedVersion = expectedVersion
        self.permittedBy = permittedBy
    }

    /// Decides, and changes nothing.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<Procedure> {
        guard var procedure = organization.procedures[procedure] else {
            throw .unknown("procedure", self.procedure.description, field: "procedure_id")
        }
        if procedure.status == .signed { return Decision([], procedure) }
        guard procedure.status == .completed else {
            throw Rejection(.procedureStatus, "only a completed procedure can be signed")
                .about(procedure.id)
        }
        guard !procedure.mdRequired || !permittedBy.isEmpty else {
            throw Rejection(
                .mdPermission, "it needs a physician's permission: name who gave it"
            ).about(procedure.id)
        }
        try organization.check(
            version: procedure.version, expected: expectedVersion, of: procedure.id)
        procedure.status = .signed
        procedure.signature = Signature(
            actor: context.actor, at: context.now, permittedBy: permittedBy)
        procedure.version += 1
        return Decision([.put(.procedure(procedure))], procedure)
    }
}

/// Gives a procedure up: a draft is abandoned, one that was submitted or completed is cancelled.
/// Its booking is free for another, and what was not billed is void.
public struct CancelProcedure: Command {
    /// Which procedure.
    public var procedure: Identifier<Procedure>
    /// The version that it must have; 0: any.
    public var expectedVersion: Int64
    /// Why.
    public var reason: String

    /// Names all that it needs.
    public init(procedure: Identifier<Procedure>, expectedVersion: Int64, reason: String) {
        self.procedure = procedure
        self.expectedVersion = expectedVersion
        self.reason = reason
    }

    /// Decides, and changes nothing.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<AttachedPair> {
        guard let procedure = organization.procedures[procedure] else {
            throw .unknown("procedure", self.procedure.description, field: "procedure_id")
        }
        let status: ProcedureStatus
        switch procedure.status {
        case .abandoned, .cancelled:
            return Decision([], AttachedPair(procedure: procedure, booking: nil))
        case .draft: status = .abandoned
        case .inProgress, .completed: status = .cancelled
        case .signed:
            throw Rejection(
                .procedureSigned, "the procedure is signed; it can only be marked in error"
            ).about(procedure.id)
        case .enteredInError:
            throw Rejection(.procedureStatus, "the procedure is marked in error")
                .about(procedure.id)
        }
        return try organization.close(
            procedure, as: status, reason: reason, expectedVersion: expectedVersion, context)
    }
}

/// Says that a procedure should never have been, whatever its status; only a bill comes first.
public struct MarkProcedureInError: Command {
    /// Which procedure.
    public var procedure: Identifier<Procedure>
    /// The version that it must have; 0: any.
    public var expectedVersion: Int64
    /// Why.
    public var reason: String

    /// Names all that it needs.
    public init(procedure: Identifier<Procedure>, expectedVersion: Int64, reason: String) {
        self.procedure = procedure
        self.expectedVersion = expectedVersion
        self.reason = reason
    }

    /// Decides, and changes nothing.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<AttachedPair> {
        guard let procedure = organization.procedures[procedure] else {
            throw .unknown("procedure", self.procedure.description, field: "procedure_id")
        }
        if procedure.status == .enteredInError {
            return Decision([], AttachedPair(procedure: procedure, booking: nil))
        }
        return try organization.close(
            procedure, as: .enteredInError, reason: reason, expectedVersion: expectedVersion,
            context)
    }
}

extension Organization {
    fileprivate func close(
        _ old: Procedure, as status: ProcedureStatus, reason: String, expectedVersion: Int64,
        _ context: DecisionContext
    ) throws(Rejection) -> Decision<AttachedPair> {
        try refuseIfBilled(old)
        try check(version: old.version, expected: expectedVersion, of: old.id)
        var procedure = old
        procedure.status = status
        procedure.ending = ProcedureEnding(actor: context.actor, at: context.now, reason: reason)
        procedure.version += 1
        var pair = AttachedPair(procedure: procedure, booking: nil)
        var writes: [RecordWrite] = [.put(.procedure(procedure))]
        if let attachment = activeAttachment(of: old.id),
            var booking = bookings[attachment.booking]
        {
            writes += ending(attachment, reason: reason, context)
            writes += returnStage(of: &booking, ending: attachment, context)
            booking.version += 1
            writes.append(.put(.booking(booking)))
            pair.booking = booking
        }
        return Decision(writes, pair)
    }
}
