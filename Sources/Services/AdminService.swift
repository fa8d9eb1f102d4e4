internal import Engine
internal import GRPCWire
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

extension Services {
    func registerAdmin(in table: inout ServiceTable) {
        typealias Methods = SlotdAPI.Methods.AdminService
        let zones = zones
        mutation(Methods.createOrganization, in: &table) {
            engine, request, _, call, release throws(Rejection) in
            let message = request.organization
            try checkNew(message.id, message.version, "organization")
            let details = try OrganizationProfile.Details(message)
            return engine.createOrganization(
                details, zones: zones, call, encode: creationReply, release: release)
        }
        mutation(Methods.updateOrganization, in: &table) {
            engine, request, caller, call, release throws(Rejection) in
            let message = request.organization
            let isCaller = message.id.isEmpty || message.id == caller.cell.id.description
            guard isCaller else {
                throw .unknown("org", message.id, field: "organization.id")
            }
            var command = UpdateOrganization(
                expectedVersion: try expected(request.expectedVersion),
                details: try OrganizationProfile.Details(message))
            command.isDryRun = request.dryRun
            command.policy = try request.policy()
            return engine.updateOrganization(
                command, in: caller.cell, call, encode: updateReply, release: release)
        }
        query(Methods.getOrganization, in: &table) { request, organization, _ throws(Rejection) in
            let profile = organization.profile
            let isCaller =
                request.id.isEmpty || request.id == profile.id.description
                || request.id == profile.details.externalRef
            guard isCaller else { throw .unknown("org", request.id, field: "id") }
            return .with {
                $0.organization = Slotd_V1_Organization(profile)
                $0.revision = organization.position
            }
        }
        registerListOrganizations(in: &table)
    }

    private func registerListOrganizations(in table: inout ServiceTable) {
        let engine = engine
        query(Methods.AdminService.listOrganizations, in: &table) {
            request, loop, release throws(Rejection) in
            engine.profiles(
                after: try request.after(), limit: try request.limit(), loop: loop, release: release
            )
        } reply: { request, page in
            .with {
                $0.organizations = page.rows.map { Slotd_V1_Organization($0) }
                guard page.hasMore, let last = page.rows.last else { return }
                $0.nextPageToken = request.token(after: last.id)
            }
        }
    }
}

private func creationReply(
    _ profile: OrganizationProfile, _ organization: Organization
) -> [UInt8] {
    encoded(
        Slotd_V1_CreateOrganizationResponse.with {
            $0.organization = Slotd_V1_Organization(profile)
            $0.revision = organization.position
        })
}

private func updateReply(_ change: OrganizationChange, _ organization: Organization) -> [UInt8] {
    var reply = Slotd_V1_UpdateOrganizationResponse.with {
        $0.organization = Slotd_V1_Organization(change.profile)
        $0.revision = organization.position
    }
    reply.show(change.stranded)
    return encoded(reply)
}

extension OrganizationProfile.Details {
    fileprivate init(_ message: Slotd_V1_Organization) throws(Rejection) {
        self.init()
        externalRef = try visibleText(message.externalRef, "organization.external_ref", 1...200)
        guard Metadata.isSendable(externalRef) else {
            throw .invalid(
                "organization.external_ref",
                "must be printable ASCII without spaces at its ends: calls name it in metadata")
        }
        name = try nameText(message.name, "organization.name")
        if message.hasActiveProceduresPerSegment {
            activeProceduresPerSegment = try number(
                message.activeProceduresPerSegment,
                "organization.active_procedures_per_segment", 0...1000)
        }
        if message.hasNoShowGraceMinutes {
            noShowGrace = try number(
                message.noShowGraceMinutes, "organization.no_show_grace_minutes", 0...1440)
        }
        for (index, kind) in message.sharedBuffers.enumerated() {
            sharedBuffers.insert(
                try requiredEnumeration(
                    kind.rawValue, "organization.shared_buffers[\(index)]", as: ResourceKind.self))
        }
        patientOverlap =
            try enumeration(
                message.patientOverlap.rawValue, "organization.patient_overlap",
                as: PatientOverlap.self) ?? .warn
        providersMayExtendHours = message.providersMayExtendHours
        if message.hasDefaults {
            defaults = try ServiceDefaults(message.defaults, "organization.defaults")
        }
        noShowSweep = try number(
            message.noShowSweepMinutes, "organization.no_show_sweep_minutes", 0...10_080)
        earlyFinishFrees = message.earlyFinishFrees
        refusesWrongService = message.refuseWrongService
        isProcedureOptional = message.procedureOptional
        if message.hasCancellationFee {
            cancellationFee = try Money(
                message.cancellationFee, "organization.cancellation_fee")
        }
        for (index, alert) in message.stageAlerts.enumerated() {
            let path = "organization.stage_alerts[\(index)]"
            let stage = try requiredEnumeration(
                alert.stage.rawValue, "\(path).stage", as: Stage.self)
            guard !stageAlerts.contains(where: { $0.stage == stage }) else {
                throw .invalid("\(path).stage", "\(stage.label) is in the list twice")
            }
            stageAlerts.append(
                StageAlert(
                    stage: stage,
                    minutes: try number(alert.minutes, "\(path).minutes", 1...525_600)))
        }
    }
}

extension Slotd_V1_Organization {
    init(_ record: OrganizationProfile) {
        self.init()
        id = record.id.description
        externalRef = record.details.externalRef
        version = record.version
        name = record.details.name
        activeProceduresPerSegment = record.details.activeProceduresPerSegment
        noShowGraceMinutes = record.details.noShowGrace
        noShowSweepMinutes = record.details.noShowSweep
        earlyFinishFrees = record.details.earlyFinishFrees
        refuseWrongService = record.details.refusesWrongService
        procedureOptional = record.details.isProcedureOptional
        if let fee = record.details.cancellationFee { cancellationFee = Slotd_V1_Money(fee) }
        stageAlerts = record.details.stageAlerts.map { alert in
            Slotd_V1_StageAlert.with {
                $0.stage = Slotd_V1_Stage(alert.stage)
                $0.minutes = alert.minutes
            }
        }
        createdAt = Google_Protobuf_Timestamp(record.details.createdAt)
        sharedBuffers = ResourceKind.allCases.filter(record.details.sharedBuffers.contains)
            .map { Slotd_V1_ResourceKind($0) }
        patientOverlap = Slotd_V1_PatientOverlap(record.details.patientOverlap)
        providersMayExtendHours = record.details.providersMayExtendHours
        if record.details.defaults != ServiceDefaults() {
            defaults = Slotd_V1_ServiceDefaults(record.details.defaults)
        }
    }
}
