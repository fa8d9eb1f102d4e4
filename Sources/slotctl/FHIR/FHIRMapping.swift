internal import Intervals
internal import SlotdAPI
internal import SwiftProtobuf

/// Turns FHIR resources into records to import. A pure function of the data and the zone.
///
/// - Location → location; its name, else its description, else its address, else its id.
/// - Practitioner → provider, named by its NPI, else its id.
/// - Patient → patient.
/// - `Encounter.type[0]` → service, named by code system and code, with the duration of its first
///   encounter and the providers of all.
/// - Encounter → booking, both ends cut to the minute, in order of start, then id.
/// - `Procedure.code` → procedure type; Procedure → procedure, attached to its encounter's booking.
///
/// A visit that is shorter than a minute gets one, since a booking is never empty.
struct FHIRMapping {
    /// In the order in which they must be sent.
    private(set) var items: [ImportItem] = []
    /// What cannot be mapped.
    private(set) var refusals: [ImportRefusal] = []
    /// Visits that were lengthened to one minute.
    private(set) var lengthenedCount = 0
    /// Encounters whose written offset is not the zone's at that moment.
    private(set) var strangeOffsetCount = 0

    private let zone: Zone
    private var index = FHIRIndex()

    init(_ data: FHIRData, zone: Zone) {
        self.zone = zone
        index.add(data.locations) { $0.id }
        index.add(data.practitioners, FHIRMapping.reference)
        index.add(data.patients) { $0.id }
        index.add(data.encounters) { $0.id }

        for entry in data.locations { add(entry) }
        for entry in data.practitioners { add(entry) }
        let visits = visits(data.encounters)
        addServices(visits)
        addProcedureTypes(data.procedures)
        for entry in data.patients { add(entry) }
        for visit in visits { add(visit) }
        for entry in data.procedures { add(entry) }
    }

    // MARK: Catalog and patients

    private mutating func add(_ entry: FHIREntry<FHIRLocation>) {
        guard let id = checkedID(entry, .location) else { return }
        let place = entry.resource
        let address = ((place.address?.line ?? []) + [place.address?.city].compactMap(\.self))
            .joined(separator: ", ")
        let names = [place.name, place.description, address, id].compactMap(\.self)
        items.append(
            ImportItem(
                kind: .location,
                record: .location(
                    .with {
                        $0.externalRef = id
                        $0.name = Self.cut(names.first { !$0.isEmpty } ?? id)
                        $0.timeZone = zone.name
                        $0.archived = place.status == "inactive"
                    }),
                source: entry.source))
    }

    private mutating func add(_ entry: FHIREntry<FHIRPractitioner>) {
        guard checkedID(entry, .provider) != nil,
            let reference = Self.reference(entry.resource)
        else { return }
        let name = entry.resource.name?.lazy.compactMap(\.spoken).first
        items.append(
            ImportItem(
                kind: .provider,
                record: .provider(
                    .with {
                        $0.externalRef = reference
                        $0.name = Self.cut(name ?? reference)
                        $0.disabled = entry.resource.active == false
                    }),
                source: entry.source))
    }

    private mutating func add(_ entry: FHIREntry<FHIRPatient>) {
        guard let id = checkedID(entry, .patient) else { return }
        let patient = entry.resource
        let names = patient.name ?? []
        let official = names.first { $0.use == "official" } ?? names.first
        func contact(_ system: String) -> String {
            patient.telecom?.first { $0.system == system }?.value ?? ""
        }
        items.append(
            ImportItem(
                kind: .patient,
                record: .patient(
                    .with {
                        $0.externalRef = id
                        $0.name = Self.cut(official?.spoken ?? id)
                        if let day = patient.birthDate.flatMap({ LocalDate($0) }) {
                            $0.birthDate = day.message
                        }
                        $0.phone = Self.cut(contact("phone"), bytes: 64)
                        $0.email = Self.cut(contact("email"))
                    }),
                source: entry.source))
    }

    private mutating func addServices(_ visits: [FHIRVisit]) {
        var services: [String: Slotd_V1_Service] = [:]
        var sources: [(reference: String, source: SourceLine)] = []
        for visit in visits {
            let provider = "ref:" + visit.provider
            if services[visit.service.reference] == nil {
                services[visit.service.reference] = .with {
                    $0.externalRef = visit.service.reference
                    $0.name = visit.service.name
                    $0.durationsMinutes = [visit.minutes]
                }
                sources.append((visit.service.reference, visit.source))
            }
            services[visit.service.reference]?.addProvider(provider)
        }
        for (reference, source) in sources {
            guard let service = services[reference] else { continue }
            items.append(ImportItem(kind: .service, record: .service(service), source: source))
        }
    }

    private mutating func addProcedureTypes(_ procedures: [FHIREntry<FHIRProcedure>]) {
        var known: Set<String> = []
        for entry in procedures {
            guard let code = FHIRCode(entry.resource.code), known.insert(code.reference).inserted
            else { continue }
            items.append(
                ImportItem(
                    kind: .procedureType,
                    record: .procedureType(
                        .with {
                            $0.externalRef = code.reference
                            $0.name = code.name
                        }),
                    source: entry.source))
        }
    }

    // MARK: Bookings

    /// The encounters that can be mapped, in order of start, then id.
    private mutating func visits(_ encounters: [FHIREntry<FHIREncounter>]) -> [FHIRVisit] {
        var visits: [FHIRVisit] = []
        for entry in encounters {
            do {
                let visit = try FHIRVisit(entry, index)
                if visit.isLengthened { lengthenedCount += 1 }
                if let written = visit.writtenOffsetMinutes,
                    written != zone.offsetMinutes(at: visit.start)
                {
                    strangeOffsetCount += 1
                }
                visits.append(visit)
            } catch {
                refuse(.booking, entry.resource.id ?? "", entry.source, error.message)
            }
        }
        return visits.sorted { ($0.exactStart, $0.reference) < ($1.exactStart, $1.reference) }
    }

    private mutating func add(_ visit: FHIRVisit) {
        items.append(
            ImportItem(kind: .booking, record: .booking(visit.booking), source: visit.source))
    }

    // MARK: Procedures

    private mutating func add(_ entry: FHIREntry<FHIRProcedure>) {
        do {
            let procedure = try FHIRTreatment(entry, index).procedure
            items.append(
                ImportItem(
                    kind: .procedure, record: .procedure(procedure), source: entry.source))
        } catch {
            refuse(.procedure, entry.resource.id ?? "", entry.source, error.message)
        }
    }

    // MARK: Parts

    private static func reference(_ practitioner: FHIRPractitioner) -> String? {
        let npi = practitioner.identifier?.first { $0.system == "http://hl7.org/fhir/sid/us-npi" }
        return npi?.value ?? practitioner.id
    }

    private mutating func checkedID<Resource>(
        _ entry: FHIREntry<Resource>, _ kind: ImportKind
    ) -> String? {
        if let id = entry.resource.id, !id.isEmpty { return id }
        refuse(kind, "", entry.source, "the resource has no id")
        return nil
    }

    private mutating func refuse(
        _ kind: ImportKind, _ reference: String, _ source: SourceLine, _ message: String
    ) {
        refusals.append(
            ImportRefusal(
                kind: kind, reference: reference, source: source, reason: "INVALID_VALUE",
                message: message))
    }

    /// At most so many bytes, cut between characters.
    static func cut(_ text: String, bytes: Int = 200) -> String {
        var text = text
        while text.utf8.count > bytes { text.removeLast() }
        return text
    }
}

extension Slotd_V1_Service {
    /// Adds who performs it, up to the API's limit; a booking of a further provider is imported
    /// all the same.
    fileprivate mutating func addProvider(_ id: String) {
        if providerIds.count < 1024, !providerIds.contains(id) { providerIds.append(id) }
    }
}
