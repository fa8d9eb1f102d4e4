import Intervals

@testable import Scheduling

/// What the model and an organization are compared by: a line for each record, in the model's
/// numbers.
struct Picture: Equatable {
    var lines: [String]

    init(_ model: Model) {
        lines = model.visits.map { id, visit in
            let parts = visit.parts.map { "\($0.provider)/\($0.service)@\($0.start)-\($0.end)" }
            return "visit \(id) of \(visit.patient) \(visit.column) "
                + "\(parts.joined(separator: ",")) released \(visit.released ?? -1) "
                + "deposit \(visit.deposit) \(visit.isPaid) \(visit.refunded)"
        }
        lines += model.treatments.map { id, row in
            let steps = row.steps.sorted().map { "\($0)" }.joined(separator: ",")
            return "treatment \(id) of \(row.patient) \(row.work) type \(row.type ?? -1) "
                + "consult \(row.isConsult) steps \(steps)"
        }
        lines += model.ties.map { row in
            "tie \(row.treatment) to \(row.visit).\(row.part) active \(row.isActive) "
                + "superseded \(row.isSuperseded) moved \(row.isActive && row.moved)"
        }
        lines += model.bills.map { row in
            "bill \(row.treatment) \(row.visit).\(row.part) \(row.due) \(row.reference)"
        }
        lines.sort()
    }

    /// The same of the real records.
    init(_ organization: Organization, _ names: Names) {
        lines = organization.bookings.all.map { row in
            let parts = row.segments.map { segment in
                "\(names.providers[segment.provider] ?? -1)/"
                    + "\(names.services[segment.service] ?? -1)"
                    + "@\(segment.interval.start.sinceEpoch)-\(segment.interval.end.sinceEpoch)"
            }
            let deposit = row.deposit
            return "visit \(names.visits[row.id] ?? -1) of \(names.patients[row.patient] ?? -1) "
                + "\(row.stage) \(parts.joined(separator: ",")) "
                + "released \(row.releasedAt?.sinceEpoch ?? -1) deposit "
                + "\(deposit?.amount.minor ?? 0) \(deposit?.isPaid ?? false) "
                + "\(deposit?.refunded ?? 0)"
        }
        lines += organization.procedures.all.map { row in
            let steps = row.steps.map { "\($0.step)" }.joined(separator: ",")
            return "treatment \(names.treatments[row.id] ?? -1) of "
                + "\(names.patients[row.patient] ?? -1) \(row.status) type "
                + "\(row.type.flatMap { names.kinds[$0] } ?? -1) consult \(row.isConsultOnly) "
                + "steps \(steps)"
        }
        lines += organization.attachments.all.map { row in
            "tie \(names.treatments[row.procedure] ?? -1) to \(names.visits[row.booking] ?? -1)"
                + ".\(row.segment) active \(row.isActive) superseded "
                + "\(row.detachment?.isSuperseded ?? false) "
                + "moved \(row.isActive && row.movedStageFrom != nil)"
        }
        lines += organization.charges.all.map { row in
            "bill \(names.treatments[row.procedure] ?? -1) "
                + "\(names.visits[row.booking] ?? -1).\(row.segment) "
                + "\(row.status) \(row.externalRef)"
        }
        lines.sort()
    }

    /// What one has and the other has not.
    func difference(_ other: Picture) -> String {
        let here = Set(lines)
        let there = Set(other.lines)
        return "the model alone: \(here.subtracting(there).sorted()); the core alone: "
            + "\(there.subtracting(here).sorted())"
    }
}

/// The model's numbers of real records.
struct Names {
    var patients: [Identifier<Patient>: Int] = [:]
    var providers: [Identifier<Provider>: Int] = [:]
    var services: [Identifier<Service>: Int] = [:]
    var kinds: [Identifier<ProcedureType>: Int] = [:]
    var visits: [Identifier<Booking>: Int] = [:]
    var treatments: [Identifier<Procedure>: Int] = [:]
}

/// What must hold of an organization's records whatever was asked, told by the records alone.
func brokenRules(_ organization: Organization) -> [String] {
    var broken = organization.violations()
    let most = Int(organization.profile.details.activeProceduresPerSegment)
    var perSegment: [SegmentKey: Int] = [:]
    for row in organization.attachments.all where row.isActive {
        perSegment[SegmentKey(booking: row.booking, segment: row.segment), default: 0] += 1
        let patient = organization.procedures[row.procedure]?.patient
        if patient != organization.bookings[row.booking]?.patient {
            broken.append("\(row.procedure) is another patient's than \(row.booking)")
        }
    }
    if most > 0, perSegment.values.contains(where: { $0 > most }) {
        broken.append("a segment has more than \(most) procedures")
    }
    for charge in organization.charges.all {
        guard let procedure = organization.procedures[charge.procedure] else {
            broken.append("\(charge.id) belongs to no procedure")
            continue
        }
        let isDone = procedure.status == .completed || procedure.status == .signed
        switch charge.status {
        case .planned where isDone || procedure.isConsultOnly,
            .billable where !isDone || procedure.isConsultOnly,
            .notBillable where !procedure.isConsultOnly:
            broken.append("\(charge.id) is \(charge.status), its procedure \(procedure.status)")
        default: break
        }
    }
    for booking in organization.bookings.all {
        var stage: Stage?
        for change in booking.stageHistory {
            if let stage, !change.isUndo, !isLegal(stage, change.stage) {
                broken.append("\(booking.id) went from \(stage) to \(change.stage)")
            }
            stage = change.stage
        }
        if stage != booking.stage { broken.append("\(booking.id) is where its history is not") }
    }
    return broken
}

private func isLegal(_ from: Stage, _ to: Stage) -> Bool {
    guard let from = Column(rawValue: "\(from)"), let to = Column(rawValue: "\(to)") else {
        return false
    }
    return from.next.contains(to)
}
