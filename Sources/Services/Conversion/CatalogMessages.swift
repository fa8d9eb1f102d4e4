internal import Scheduling
internal import SlotdAPI

// Procedure types and patients: from message to details, and back.

extension ProcedureType.Details {
    init(_ message: Slotd_V1_ProcedureType, in organization: Organization) throws(Rejection) {
        self.init()
        externalRef = try visibleText(message.externalRef, "procedure_type.external_ref", 0...200)
        name = try nameText(message.name, "procedure_type.name")
        mdRequired = message.mdRequired
        if message.stepCount != 0 {
            stepCount = try number(message.stepCount, "procedure_type.step_count", 2...64)
        }
        let ids = try list(message.serviceIds, "procedure_type.service_ids", atMost: 1024)
        for (index, id) in ids.enumerated() {
            let service: Identifier<Service> = try identifier(
                id, "procedure_type.service_ids[\(index)]", .service, in: organization)
            if !services.contains(service) { services.append(service) }
        }
        isArchived = message.archived
    }
}

extension Slotd_V1_ProcedureType {
    init(_ record: ProcedureType) {
        self.init()
        id = record.id.description
        externalRef = record.details.externalRef
        version = record.version
        name = record.details.name
        serviceIds = record.details.services.map(\.description)
        mdRequired = record.details.mdRequired
        stepCount = record.details.stepCount
        archived = record.details.isArchived
    }
}

extension Patient.Details {
    init(_ message: Slotd_V1_Patient, in organization: Organization) throws(Rejection) {
        self.init()
        externalRef = try visibleText(message.externalRef, "patient.external_ref", 0...200)
        name = try nameText(message.name, "patient.name")
        if message.hasBirthDate { birthDate = try date(message.birthDate, "patient.birth_date") }
        phone = try text(message.phone, "patient.phone", 0...64)
        email = try text(message.email, "patient.email", 0...200)
        guard message.mergedInto.isEmpty else {
            throw .invalid("patient.merged_into", "is set by the server")
        }
    }
}

extension Slotd_V1_Patient {
    init(_ record: Patient) {
        self.init()
        id = record.id.description
        externalRef = record.details.externalRef
        version = record.version
        name = record.details.name
        if let date = record.details.birthDate { birthDate = Slotd_V1_LocalDate(date) }
        phone = record.details.phone
        email = record.details.email
        mergedInto = record.mergedInto?.description ?? ""
    }
}
