internal import SlotdAPI
internal import SwiftProtobuf

/// An encounter, read and checked: everything that its booking and its service need.
struct FHIRVisit: Sendable {
    let source: SourceLine
    let reference: String
    let patient: String
    let location: String
    let provider: String
    let service: FHIRCode
    /// Down to the second, for the order of sending.
    let exactStart: Moment
    let start: Moment
    let end: Moment
    /// Both ends were in the same minute.
    let isLengthened: Bool
    let stages: [Slotd_V1_StageChange]
    /// Minutes from UTC as the start was written.
    let writtenOffsetMinutes: Int?

    /// Elapsed minutes.
    var minutes: Int32 { Int32(clamping: (end.seconds - start.seconds) / 60) }

    init(_ entry: FHIREntry<FHIREncounter>, _ index: FHIRIndex) throws(FHIRProblem) {
        let encounter = entry.resource
        source = entry.source
        guard let id = encounter.id, !id.isEmpty else {
            throw FHIRProblem("the resource has no id")
        }
        reference = id
        patient = try Self.find(index.find(encounter.subject, "Patient"), "subject")
        location = try Self.find(
            index.find(encounter.location?.first?.location, "Location"), "location[0]")
        provider = try Self.find(
            encounter.participant?.lazy
                .compactMap { index.find($0.individual, "Practitioner") }.first,
            "participant")
        guard let code = FHIRCode(encounter.type?.first) else {
            throw FHIRProblem("Encounter.type[0] has no code")
        }
        service = code
        guard let startText = encounter.period?.start, let first = rfc3339Moment(startText) else {
            throw FHIRProblem("Encounter.period.start is no time with an offset")
        }
        guard let endText = encounter.period?.end, let last = rfc3339Moment(endText) else {
            throw FHIRProblem("Encounter.period.end is no time with an offset")
        }
        guard last >= first else { throw FHIRProblem("Encounter.period ends before it starts") }
        exactStart = first
        start = first.wholeMinute
        isLengthened = last.wholeMinute <= start
        end = isLengthened ? start + 60 : last.wholeMinute
        writtenOffsetMinutes = Self.offset(startText)
        stages = try Self.stages(encounter.status ?? "", start, end)
    }

    /// The record to send.
    var booking: Slotd_V1_ImportBooking {
        .with {
            $0.externalRef = reference
            $0.patientRef = patient
            $0.locationRef = location
            $0.providerRef = provider
            $0.serviceRef = service.reference
            $0.start = start.timestamp
            $0.end = end.timestamp
            $0.stageHistory = stages
        }
    }

    private static func find(_ found: String?, _ field: String) throws(FHIRProblem) -> String {
        guard let found else {
            throw FHIRProblem("Encounter.\(field) names nothing in this folder")
        }
        return found
    }

    /// The stages that an encounter's status tells of: https://hl7.org/fhir/R4/valueset-encounter-status.html
    private static func stages(
        _ status: String, _ start: Moment, _ end: Moment
    ) throws(FHIRProblem) -> [Slotd_V1_StageChange] {
        // Since when it has been planned, or cancelled, nothing tells.
        let began: [(Slotd_V1_Stage, Moment?)]
        switch status {
        case "planned": began = [(.new, nil)]
        case "arrived", "triaged": began = [(.new, start), (.checkIn, start)]
        case "in-progress", "onleave":
            began = [(.new, start), (.checkIn, start), (.inProcedure, start)]
        case "finished": began = [(.new, start), (.checkIn, start), (.checkout, end)]
        case "cancelled": began = [(.new, nil), (.cancelled, nil)]
        default: throw FHIRProblem("Encounter.status “\(status)” tells of no visit")
        }
        return began.map { stage, moment in
            .with {
                $0.stage = stage
                if let moment { $0.at = moment.timestamp }
            }
        }
    }

    /// The offset in which a time is written; nil for `Z`, which tells no place.
    private static func offset(_ text: String) -> Int? {
        guard text.utf8.count > 6, !text.hasSuffix("Z"),
            let minutes = clockMinute(text.suffix(5))
        else { return nil }
        return text.suffix(6).hasPrefix("-") ? -minutes : minutes
    }
}

/// A procedure, read and checked.
struct FHIRTreatment {
    /// The record to send.
    let procedure: Slotd_V1_ImportProcedure

    init(_ entry: FHIREntry<FHIRProcedure>, _ index: FHIRIndex) throws(FHIRProblem) {
        let source = entry.resource
        guard let id = source.id, !id.isEmpty else { throw FHIRProblem("the resource has no id") }
        guard let patient = index.find(source.subject, "Patient") else {
            throw FHIRProblem("Procedure.subject names nothing in this folder")
        }
        guard let booking = index.find(source.encounter, "Encounter") else {
            throw FHIRProblem("Procedure.encounter names nothing in this folder")
        }
        guard let code = FHIRCode(source.code) else {
            throw FHIRProblem("Procedure.code has no code")
        }
        let startText = source.performedPeriod?.start ?? source.performedDateTime
        guard let started = startText.flatMap({ rfc3339Moment($0) }) else {
            throw FHIRProblem("Procedure.performed is no time with an offset")
        }
        let ended = source.performedPeriod?.end.flatMap { rfc3339Moment($0) } ?? started
        let status: Slotd_V1_ProcedureStatus
        switch source.status ?? "" {
        case "completed": status = .completed
        case "in-progress", "on-hold": status = .inProgress
        default:
            throw FHIRProblem("Procedure.status “\(source.status ?? "")” tells of no treatment")
        }
        procedure = .with {
            $0.externalRef = id
            $0.patientRef = patient
            $0.bookingRef = booking
            $0.procedureTypeRef = code.reference
            $0.status = status
            $0.startedAt = started.timestamp
            if status == .completed { $0.completedAt = max(started, ended).timestamp }
        }
    }
}
