internal import GRPCWire
internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

extension Services {
    func registerProcedures(in table: inout ServiceTable) {
        registerProcedureStarts(in: &table)
        registerWizard(in: &table)
        registerAttachments(in: &table)
        registerProcedureEnds(in: &table)
        registerProcedureQueries(in: &table)
    }

    private func registerProcedureStarts(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.ProcedureService
        mutation(Methods.startProcedure, in: &table) { request, organization, _ throws(Rejection) in
            StartProcedure(
                booking: try identifier(
                    request.bookingID, "booking_id", .booking, in: organization),
                segment: try number(request.segment, "segment", 0...Int32.max),
                view: try enumeration(request.view.rawValue, "view", as: ProcedureView.self)
                    ?? .multiPage,
                expectedVersion: try expected(request.expectedVersion))
        } reply: { pair, organization in
            .with {
                $0.procedure = Slotd_V1_Procedure(pair.procedure, in: organization)
                if let booking = pair.booking {
                    $0.booking = Slotd_V1_Booking(booking, in: organization, now: now)
                }
                $0.existing = pair.isExisting
                $0.revision = organization.position
            }
        }
        mutation(Methods.newProcedure, in: &table) { request, organization, _ throws(Rejection) in
            NewProcedure(
                try source(request, in: organization),
                view: try enumeration(request.view.rawValue, "view", as: ProcedureView.self)
                    ?? .multiPage,
                advancesStage: request.advanceStage,
                expectedVersion: try expected(request.expectedVersion),
                externalRef: try visibleText(request.externalRef, "external_ref", 0...200))
        } reply: { pair, organization in
            .with {
                $0.procedure = Slotd_V1_Procedure(pair.procedure, in: organization)
                if let booking = pair.booking {
                    $0.booking = Slotd_V1_Booking(booking, in: organization, now: now)
                }
                $0.existing = pair.isExisting
                $0.revision = organization.position
            }
        }
    }

    private func registerWizard(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.ProcedureService
        mutation(Methods.saveStep, in: &table) { request, organization, _ throws(Rejection) in
            var command = SaveStep(
                procedure: try identifier(
                    request.procedureID, "procedure_id", .procedure, in: organization),
                try content(request, in: organization),
                view: try enumeration(request.view.rawValue, "view", as: ProcedureView.self),
                expectedVersion: try expected(request.expectedVersion))
            if request.hasConsultOnly { command.isConsultOnly = request.consultOnly }
            return command
        } reply: { procedure, organization in
            .with {
                $0.procedure = Slotd_V1_Procedure(procedure, in: organization)
                $0.revision = organization.position
            }
        }
        mutation(Methods.submitProcedure, in: &table) {
            request, organization, _ throws(Rejection) in
            try submission(request, in: organization)
        } reply: { pair, organization in
            .with {
                $0.procedure = Slotd_V1_Procedure(pair.procedure, in: organization)
                if let booking = pair.booking {
                    $0.booking = Slotd_V1_Booking(booking, in: organization, now: now)
                }
                $0.revision = organization.position
            }
        }
        mutation(Methods.completeProcedure, in: &table) {
            request, organization, _ throws(Rejection) in
            CompleteProcedure(
                procedure: try identifier(
                    request.procedureID, "procedure_id", .procedure, in: organization),
                expectedVersion: try expected(request.expectedVersion))
        } reply: { procedure, organization in
            .with {
                $0.procedure = Slotd_V1_Procedure(procedure, in: organization)
                $0.revision = organization.position
            }
        }
    }

    private func registerAttachments(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.ProcedureService
        mutation(Methods.attachBooking, in: &table) { request, organization, _ throws(Rejection) in
            AttachBooking(
                procedure: try identifier(
                    request.procedureID, "procedure_id", .procedure, in: organization),
                booking: try identifier(
                    request.bookingID, "booking_id", .booking, in: organization),
                segment: try number(request.segment, "segment", 0...Int32.max),
                advancesStage: request.advanceStage,
                expectedVersion: try expected(request.expectedVersion),
                expectedBookingVersion: try expected(
                    request.expectedBookingVersion, "expected_booking_version"))
        } reply: { pair, organization in
            .with {
                $0.procedure = Slotd_V1_Procedure(pair.procedure, in: organization)
                if let booking = pair.booking {
                    $0.booking = Slotd_V1_Booking(booking, in: organization, now: now)
                }
                $0.warnings = pair.warnings.map { Slotd_V1_Reason($0) }
                $0.revision = organization.position
            }
        }
        mutation(Methods.createBookingAndAttach, in: &table) {
            request, organization, _ throws(Rejection) in
            guard request.hasBooking else { throw .invalid("booking", "is missing") }
            return CreateBookingAndAttach(
                procedure: try identifier(
                    request.procedureID, "procedure_id", .procedure, in: organization),
                try NewBooking(request.booking, "booking", in: organization),
                expectedVersion: try expected(request.expectedVersion))
        } reply: { pair, organization in
            .with {
                $0.procedure = Slotd_V1_Procedure(pair.procedure, in: organization)
                if let booking = pair.booking {
                    $0.booking = Slotd_V1_Booking(booking, in: organization, now: now)
                }
                $0.warnings = pair.warnings.map { Slotd_V1_Reason($0) }
                $0.revision = organization.position
            }
        }
        mutation(Methods.detachBooking, in: &table) { request, organization, _ throws(Rejection) in
            DetachBooking(
                procedure: try identifier(
                    request.procedureID, "procedure_id", .procedure, in: organization),
                reason: try visibleText(request.reason, "reason", 1...500),
                expectedVersion: try expected(request.expectedVersion),
                expectedBookingVersion: try expected(
                    request.expectedBookingVersion, "expected_booking_version"))
        } reply: { pair, organization in
            .with {
                $0.procedure = Slotd_V1_Procedure(pair.procedure, in: organization)
                if let booking = pair.booking {
                    $0.booking = Slotd_V1_Booking(booking, in: organization, now: now)
                }
                $0.revision = organization.position
            }
        }
    }
}

private func source(
    _ request: Slotd_V1_NewProcedureRequest, in organization: Organization
) throws(Rejection) -> NewProcedure.Source {
    switch request.source {
    case .patientID(let id):
        .patient(try identifier(id, "patient_id", .patient, in: organization))
    case .bookingID(let id):
        .booking(
            try identifier(id, "booking_id", .booking, in: organization),
            segment: try number(request.segment, "segment", 0...Int32.max))
    case nil:
        throw .invalid("source", "patient_id or booking_id is missing")
    }
}

private func content(
    _ request: Slotd_V1_SaveStepRequest, in organization: Organization
) throws(Rejection) -> StepContent {
    switch request.step {
    case 0:
        try refuseContent(request)
        return .nothing
    case 1:
        return .patient(
            try identifier(request.patientID, "patient_id", .patient, in: organization))
    case 2:
        return .type(
            try optionalIdentifier(
                request.procedureTypeID, "procedure_type_id", .procedureType, in: organization))
    default:
        _ = try number(request.step, "step", 1...64)
        let payload =
            request.hasPayload ? try stepPayload(request.payload, "payload") : nil
        return .payload(
            StepEdit(
                step: request.step, payload: payload,
                isDone: request.hasDone ? request.done : nil))
    }
}

/// Without a step nothing of a step may be given, and something else must be: a step that was
/// forgotten is told.
private func refuseContent(_ request: Slotd_V1_SaveStepRequest) throws(Rejection) {
    let content: [(name: String, isGiven: Bool)] = [
        ("patient_id", !request.patientID.isEmpty),
        ("procedure_type_id", !request.procedureTypeID.isEmpty),
        ("payload", request.hasPayload), ("done", request.hasDone),
    ]
    if let given = content.first(where: \.isGiven) {
        throw .invalid("step", "is missing: to which step does \(given.name) belong?")
    }
    guard request.view != .unspecified || request.hasConsultOnly else {
        throw .invalid("step", "is missing, and neither view nor consult_only is given")
    }
}

private func submission(
    _ request: Slotd_V1_SubmitProcedureRequest, in organization: Organization
) throws(Rejection) -> SubmitProcedure {
    var command = SubmitProcedure(
        procedure: try optionalIdentifier(
            request.procedureID, "procedure_id", .procedure, in: organization),
        patient: try optionalIdentifier(
            request.patientID, "patient_id", .patient, in: organization))
    switch request.booking {
    case .bookingID(let id):
        command.booking = .existing(
            try identifier(id, "booking_id", .booking, in: organization),
            segment: try number(request.segment, "segment", 0...Int32.max),
            expectedVersion: try expected(
                request.expectedBookingVersion, "expected_booking_version"))
    case .newBooking(let new):
        command.booking = .new(try NewBooking(new, "new_booking", in: organization))
    case nil:
        break
    }
    command.type = try optionalIdentifier(
        request.procedureTypeID, "procedure_type_id", .procedureType, in: organization)
    for (index, step) in try list(request.steps, "steps", atMost: 64).enumerated() {
        guard !command.steps.contains(where: { $0.step == step.step }) else {
            throw .invalid("steps[\(index)].step", "\(step.step) is given twice")
        }
        command.steps.append(
            try ProcedureStep(
                step: try number(step.step, "steps[\(index)].step", 3...64),
                payload: step.payload, done: step.done, "steps[\(index)].payload"))
    }
    command.isConsultOnly = request.consultOnly
    command.externalRef = try visibleText(request.externalRef, "external_ref", 0...200)
    command.advancesStage = request.advanceStage
    command.expectedVersion = try expected(request.expectedVersion)
    return command
}
