import Intervals

@testable import Scheduling

/// What the model and an organization are compared by: a line for each record, in the model's
/// numbers.
struct Picture: Equatable {
    var lines: [String]

    init(_ model: Model) {
        lines = model.visits.map { id, visit in
            let parts = visit.parts.map(\.picture)
            return "visit \(id) of \(visit.patient) \(visit.column) "
                + "\(parts.joined(separator: ",")) released \(visit.released ?? -1) "
                + "deposit \(visit.deposit) \(visit.isPaid) \(visit.refunded)"
        }
        lines += model.holds.values.map { keep in
            let parts = keep.parts.map(\.picture).joined(separator: ",")
            return "hold of \(keep.patient ?? -1) by \(keep.owner) \(parts) "
                + "from \(keep.created) to \(keep.expires) over \(keep.isOver) "
                + "moving \(keep.moving ?? -1)"
        }
        lines += model.wishes.map { id, wish in
            let start = wish.hold.flatMap { model.holds[$0]?.parts[0].start } ?? -1
            return "wish \(id) of \(wish.patient) \(wish.status) offered \(start) "
                + "declined \(wish.declined) booking \(wish.visit ?? -1)"
        }
        lines += model.mergedInto.enumerated().map { "patient \($0) into \($1 ?? -1)" }
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
            let parts = row.segments.map { names.part($0).picture }
            let deposit = row.deposit
            return "visit \(names.visits[row.id] ?? -1) of \(names.patients[row.patient] ?? -1) "
                + "\(row.stage) \(parts.joined(separator: ",")) "
                + "released \(row.releasedAt?.sinceEpoch ?? -1) deposit "
                + "\(deposit?.amount.minor ?? 0) \(deposit?.isPaid ?? false) "
                + "\(deposit?.refunded ?? 0)"
        }
        lines += organization.holds.all.map { row in
            let parts = row.segments.map { names.part($0).picture }.joined(separator: ",")
            let patient = row.patient.flatMap { names.patients[$0] } ?? -1
            let owner = row.owner == "waitlist" ? -1 : Int(row.owner) ?? 0
            return "hold of \(patient) by \(owner) \(parts) "
                + "from \(row.createdAt.milliseconds) to \(row.expiresAt.milliseconds) "
                + "over \(row.hasExpired) moving \(row.moving.flatMap { names.visits[$0] } ?? -1)"
        }
        lines += organization.waitlist.all.map { row in
            let hold = row.hold.flatMap { organization.holds[$0] }
            return "wish \(names.wishes[row.id] ?? -1) of \(names.patients[row.patient] ?? -1) "
                + "\(row.status) offered \(hold?.start.sinceEpoch ?? -1) "
                + "declined \(row.declined.map(\.sinceEpoch)) "
                + "booking \(row.booking.flatMap { names.visits[$0] } ?? -1)"
        }
        lines += organization.patients.all.map { row in
            "patient \(names.patients[row.id] ?? -1) into "
                + "\(row.mergedInto.flatMap { names.patients[$0] } ?? -1)"
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
    var wishes: [Identifier<WaitlistEntry>: Int] = [:]
    var rooms: [Identifier<Resource>: Int] = [:]

    func part(_ segment: BookingSegment) -> Visit.Part {
        Visit.Part(
            provider: providers[segment.provider] ?? -1, service: services[segment.service] ?? -1,
            start: Int(segment.interval.start.sinceEpoch),
            end: Int(segment.interval.end.sinceEpoch), after: Int(segment.bufferAfter),
            usesRoom: !segment.uses.isEmpty,
            room: segment.uses.lazy.compactMap(\.resource).first.flatMap { rooms[$0] })
    }
}

extension Visit.Part {
    var picture: String {
        "\(provider)/\(service)@\(start)-\(end)+\(after) \(usesRoom) \(room ?? -1)"
    }
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
