internal import Engine
internal import GRPCWire
internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

extension Services {
    func registerImport(in table: inout ServiceTable) {
        let method = Methods.ImportService.import
        let rpc = rpcName(method.path)
        table.stream(method.path, kind: .bidirectional) { stream throws(Status) in
            let caller: Caller
            do throws(Rejection) {
                caller = try self.caller(stream.metadata, loop: stream.loop)
            } catch {
                throw Status(error, now: engine.now)
            }
            let importer = Importer(engine: engine, caller: caller, rpc: rpc)
            for try await message in stream.requests {
                let request: Slotd_V1_ImportRequest
                do {
                    request = try Slotd_V1_ImportRequest(serializedBytes: message.bytes)
                } catch {
                    throw Status(.internal, "a record is no slotd.v1.ImportRequest")
                }
                let response = try await importer.take(request, size: message.bytes.count)
                try await stream.send(encoded(response))
            }
        }
    }
}

/// Takes one record after another and says what became of it.
private struct Importer: Sendable {
    let engine: Engine
    let caller: Caller
    let rpc: String

    /// Ends the stream when the daemon, not the record, is at fault: what is left can be sent again
    /// later, and nobody should count it as refused.
    func take(
        _ request: Slotd_V1_ImportRequest, size: Int
    ) async throws(Status) -> Slotd_V1_ImportResponse {
        var response = Slotd_V1_ImportResponse()
        switch request.record {
        case .location(let message): response = try await perform(message, size)
        case .provider(let message): response = try await perform(message, size)
        case .service(let message): response = try await perform(message, size)
        case .procedureType(let message): response = try await perform(message, size)
        case .patient(let message): response = try await perform(message, size)
        case .booking(let message):
            response = try await perform(size) { organization throws(Rejection) in
                try ImportBooking(message, in: organization)
            }
        case .procedure(let message):
            response = try await perform(size) { organization throws(Rejection) in
                try ImportProcedure(message, in: organization)
            }
        case nil:
            response = Slotd_V1_ImportResponse(.invalid("record", "is missing"))
        }
        response.sequence = request.sequence
        return response
    }

    /// Takes a record that is replaced as a whole.
    private func perform<Shown: RecordMessage>(
        _ message: Shown, _ size: Int
    ) async throws(Status) -> Slotd_V1_ImportResponse {
        try await perform(size) { organization throws(Rejection) in
            let details = try Shown.Row.Details(message, in: organization)
            guard !details.externalRef.isEmpty else {
                throw .invalid("external_ref", "is missing: an import finds records by it")
            }
            return ImportRecord<Shown.Row>(details)
        }
    }

    /// Runs a command and waits until what it did, or saw, is durable. The record's external_ref
    /// makes a repeated import harmless, so no request_id is needed.
    private func perform<Row, C: Command>(
        _ size: Int, _ command: @escaping @Sendable (Organization) throws(Rejection) -> C
    ) async throws(Status) -> Slotd_V1_ImportResponse
    where C.Outcome == (Identifier<Row>, ImportOutcome) {
        let call = MutationCall(
            actor: caller.actor, role: caller.role, rpc: rpc, loop: caller.loop, requestID: "",
            fingerprint: 0, requestSize: size)
        let answer: MutationAnswer = await withCheckedContinuation { continuation in
            let now = engine.perform(
                in: caller.cell, call,
                command: { organization, _ throws(Rejection) in try command(organization) },
                encode: { outcome, organization in
                    encoded(
                        Slotd_V1_ImportResponse.with {
                            $0.id = outcome.0.description
                            $0.outcome = Slotd_V1_ImportOutcome(outcome.1)
                            $0.revision = organization.position
                        })
                },
                release: { continuation.resume(returning: $0) })
            if let now { continuation.resume(returning: now) }
        }
        switch answer {
        case .reply(let bytes), .replayed(let bytes):
            do {
                return try Slotd_V1_ImportResponse(serializedBytes: bytes)
            } catch {
                throw Status(.internal, "the result of a record cannot be read back")
            }
        case .refused(let rejection):
            switch rejection.reason {
            case .storageFull, .storageFailed, .overloaded:
                throw Status(rejection, now: engine.now)
            default:
                return Slotd_V1_ImportResponse(rejection)
            }
        }
    }
}

extension Slotd_V1_ImportOutcome {
    fileprivate init(_ outcome: ImportOutcome) {
        self =
            switch outcome {
            case .created: .created
            case .updated: .updated
            case .unchanged: .unchanged
            }
    }
}

extension Slotd_V1_ImportResponse {
    fileprivate init(_ rejection: Rejection) {
        self.init()
        outcome = .refused
        reason = Slotd_V1_Reason(rejection.reason)
        message = rejection.message
        blockingIds = rejection.blocking
        field = rejection.field ?? ""
    }
}

/// A record that an import names by its external_ref alone.
private func reference<Row>(
    _ text: String, _ field: String, _ kind: RecordKind, in organization: Organization
) throws(Rejection) -> Identifier<Row> {
    guard !text.isEmpty else { throw .invalid(field, "is missing") }
    let id: Identifier<Row>? = organization.identifier(kind, externalRef: text)
    guard let id else { throw .unknown(Row.idPrefix, "ref:\(text)", field: field) }
    return id
}

extension ImportBooking {
    fileprivate init(
        _ message: Slotd_V1_ImportBooking, in organization: Organization
    ) throws(Rejection) {
        let start = try minute(message.start, isSet: message.hasStart, "booking.start")
        let end = try minute(message.end, isSet: message.hasEnd, "booking.end")
        guard let interval = Interval(start, end) else {
            throw .invalid("booking.end", "does not lie after start")
        }
        let longest = Int(Limits.importedMinutes)
        guard interval.durationMinutes <= longest else {
            throw .invalid("booking.end", "lies more than \(longest) minutes after start")
        }
        var history: [StageChange] = []
        let changes = try list(
            message.stageHistory, "booking.stage_history", atMost: Limits.stageHistory)
        for (index, change) in changes.enumerated() {
            let path = "booking.stage_history[\(index)]"
            let stage = try requiredEnumeration(
                change.stage.rawValue, "\(path).stage", as: Stage.self)
            guard stage != .waitlist else { throw .invalid("\(path).stage", "WAITLIST") }
            let at = try instant(change.at, "\(path).at")
            if let last = history.last, at < last.at {
                throw .invalid("\(path).at", "lies before the stage before it")
            }
            let actor = try text(change.actor, "\(path).actor", 0...256)
            history.append(StageChange(stage: stage, at: at, actor: actor))
        }
        self.init(
            externalRef: try text(message.externalRef, "booking.external_ref", 1...200),
            patient: try reference(
                message.patientRef, "booking.patient_ref", .patient, in: organization),
            location: try reference(
                message.locationRef, "booking.location_ref", .location, in: organization),
            provider: try reference(
                message.providerRef, "booking.provider_ref", .provider, in: organization),
            service: try reference(
                message.serviceRef, "booking.service_ref", .service, in: organization),
            interval: interval, stageHistory: history,
            note: try text(message.note, "booking.note", 0...2000))
    }
}

extension ImportProcedure {
    fileprivate init(
        _ message: Slotd_V1_ImportProcedure, in organization: Organization
    ) throws(Rejection) {
        let status =
            try enumeration(
                message.status.rawValue, "procedure.status", as: ProcedureStatus.self)
            ?? .completed
        guard status != .draft else {
            throw .invalid("procedure.status", "a draft cannot be imported")
        }
        guard message.hasStartedAt else { throw .invalid("procedure.started_at", "is missing") }
        let started = try instant(message.startedAt, "procedure.started_at")
        var completed: Instant?
        if status == .completed {
            completed =
                message.hasCompletedAt
                ? try instant(message.completedAt, "procedure.completed_at") : started
        }
        self.init(
            externalRef: try text(message.externalRef, "procedure.external_ref", 1...200),
            patient: try reference(
                message.patientRef, "procedure.patient_ref", .patient, in: organization),
            booking: try reference(
                message.bookingRef, "procedure.booking_ref", .booking, in: organization),
            type: try reference(
                message.procedureTypeRef, "procedure.procedure_type_ref", .procedureType,
                in: organization),
            status: status, startedAt: started, completedAt: completed)
    }
}
