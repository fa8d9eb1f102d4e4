internal import SlotdAPI
internal import SwiftProtobuf

extension Slotd_V1_Procedure {
    /// Where the wizard stands, in words.
    var wizard: String {
        guard status == .draft else { return "" }
        let missing: String
        switch currentStep {
        case 1: missing = "the patient is missing"
        case 2:
            let hasBooking = hasAttachment && attachment.state == .active
            if hasBooking {
                missing = "the procedure type is missing"
            } else if procedureTypeID.isEmpty {
                missing = "booking and procedure type are missing"
            } else {
                missing = "the booking is missing"
            }
        default:
            missing =
                Set(stepsDone).count >= Int(stepCount) ? "all steps are done" : "to be filled in"
        }
        return "step \(currentStep) of \(stepCount): \(missing)"
    }
}

extension RecordView<Slotd_V1_Procedure> {
    static var procedure: Self {
        RecordView(
            singular: "procedure", plural: "procedures",
            fields: [
                .text("id", "id", tone: .dim, \.id),
                named("patient_id", "patient", \.patientID),
                named("procedure_type_id", "type", \.procedureTypeID),
                RecordField(
                    name: "status", title: "status", machine: \.status.word,
                    human: { procedure, _ in Cell(procedure.status.word, procedure.status.tone) }),
                .text("wizard", "wizard", in: .people, isFlexible: true, \.wizard),
                .number("current_step", "current step", in: .machine) { Int64($0.currentStep) },
                .number("step_count", "steps", in: .machine) { Int64($0.stepCount) },
                .text("booking_id", "booking", in: .details) {
                    $0.hasAttachment ? $0.attachment.bookingID : ""
                },
                .text("started_at", "started", in: .details) {
                    time($0.hasStartedAt, $0.startedAt)
                },
                .text("booking_rescheduled_at", "booking moved", in: .details) {
                    time($0.hasBookingRescheduledAt, $0.bookingRescheduledAt)
                },
                .text("submitted_at", "submitted", in: .details) {
                    time($0.hasSubmittedAt, $0.submittedAt)
                },
                .text("completed_at", "completed", in: .details) {
                    time($0.hasCompletedAt, $0.completedAt)
                },
                .text("signed_at", "signed", in: .details) {
                    time($0.hasSignature, $0.signature.at)
                },
                .text("end_reason", "given up", in: .details, \.ending.reason),
                .text("entry", "begun from", in: .details, \.entry.word),
                .text("view", "filled in", in: .details, \.view.word),
                .text("md_required", "MD", in: .details) {
                    $0.mdRequired ? "MD permission required" : ""
                },
                .text("consult_only", "consult only", in: .details) {
                    $0.consultOnly ? "consult only" : ""
                },
                .text("external_ref", "reference", in: .details, \.externalRef),
                .number("version", "version", in: .details, \.version),
            ])
    }

    private static func named(
        _ name: String, _ title: String, _ id: @escaping (Slotd_V1_Procedure) -> String
    ) -> RecordField<Slotd_V1_Procedure> {
        RecordField(
            name: name, title: title, isFlexible: true, machine: id,
            human: { procedure, directory in
                let id = id(procedure)
                return id.isEmpty ? Cell("not chosen", .dim) : Cell(directory.name(id))
            })
    }
}

extension Slotd_V1_AttachableBooking {
    /// What is done; of a visit of several services also which of them it is.
    var serviceWords: String {
        let count = booking.segments.count
        return count > 1 ? "\(serviceName) (\(segment) of \(count))" : serviceName
    }
}

extension RecordView<Slotd_V1_AttachableBooking> {
    /// The dropdown of step 2.
    static var attachable: Self {
        RecordView(
            singular: "booking", plural: "bookings",
            fields: [
                .text("booking_id", "id", tone: .dim, \.booking.id),
                .text("segment", "segment", in: .machine) { "\($0.segment)" },
                .text("start", "start", in: .machine) { row in
                    let offset = Int(row.booking.utcOffsetMinutes)
                    return Moment(row.booking.start).rfc3339(offsetMinutes: offset)
                },
                .text("when", "when", in: .people, \.booking.localTimes),
                RecordField(
                    name: "service", title: "service", isFlexible: true, machine: \.serviceName,
                    human: { row, _ in Cell(row.serviceWords) }),
                .text("provider", "provider", isFlexible: true, \.providerName),
                .text("location", "location", isFlexible: true, \.locationName),
                RecordField(
                    name: "stage", title: "stage", machine: \.booking.stage.word,
                    human: { row, _ in Cell(row.booking.stage.label, row.booking.stage.tone) }),
                RecordField(
                    name: "attachable", title: "attachable", machine: { "\($0.attachable)" },
                    human: { row, _ in
                        row.attachable ? Cell("yes", .good) : Cell("no", .dim)
                    }),
                RecordField(
                    name: "why_not", title: "remark", isFlexible: true, machine: \.whyNot.word,
                    human: { row, _ in
                        Cell(row.whyNot.short, row.attachable ? .warning : .dim)
                    }),
                .text("procedure_id", "procedure", in: .machine, \.procedureID),
                .number("version", "version", in: .machine, \.booking.version),
            ])
    }
}

private func time(_ isSet: Bool, _ timestamp: Google_Protobuf_Timestamp) -> String {
    isSet ? Moment(timestamp).rfc3339() : ""
}
