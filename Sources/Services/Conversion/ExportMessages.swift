internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// Records as an import takes them, named by their external references, or by their ids where they
// have none.

extension Slotd_V1_Patient {
    init(exported patient: Patient) {
        self.init(patient)
        if externalRef.isEmpty { externalRef = id }
        id = ""
        version = 0
    }
}

extension Slotd_V1_ImportBooking {
    init(_ booking: Booking, in organization: Organization) {
        self.init()
        externalRef = organization.exportName(of: booking)
        patientRef = organization.exportName(of: booking.patient)
        locationRef = organization.exportName(of: booking.location)
        let segments = booking.segments.map { segment in
            Slotd_V1_ImportSegment.with {
                $0.providerRef = organization.exportName(of: segment.provider)
                $0.serviceRef = organization.exportName(of: segment.service)
                $0.start = Google_Protobuf_Timestamp(segment.interval.start)
                $0.end = Google_Protobuf_Timestamp(segment.interval.end)
            }
        }
        providerRef = segments[0].providerRef
        serviceRef = segments[0].serviceRef
        start = segments[0].start
        end = segments[0].end
        furtherSegments = Array(segments.dropFirst())
        stageHistory = booking.stageHistory.map { change in
            .with {
                $0.stage = Slotd_V1_Stage(change.stage)
                $0.at = Google_Protobuf_Timestamp(change.at)
                $0.actor = change.actor
            }
        }
        note = booking.note
        if let minute = booking.releasedAt { releasedAt = Google_Protobuf_Timestamp(minute) }
    }
}

extension Slotd_V1_ImportProcedure {
    init(
        _ procedure: Procedure, _ attachment: Attachment, of booking: Booking,
        in organization: Organization
    ) {
        self.init()
        externalRef = organization.exportName(of: procedure)
        patientRef = organization.exportName(of: procedure.patient)
        bookingRef = organization.exportName(of: booking)
        if let type = procedure.type { procedureTypeRef = organization.exportName(of: type) }
        status = Slotd_V1_ProcedureStatus(procedure.status)
        startedAt = Google_Protobuf_Timestamp(procedure.startedAt)
        if let completed = procedure.completedAt {
            completedAt = Google_Protobuf_Timestamp(completed)
        }
        segment = attachment.segment
        consultOnly = procedure.isConsultOnly
        if let signed = procedure.signature {
            signature = .with {
                $0.actor = signed.actor
                $0.at = Google_Protobuf_Timestamp(signed.at)
                $0.permittedBy = signed.permittedBy
            }
        }
    }
}
