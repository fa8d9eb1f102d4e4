internal import Foundation

/// A resource and where it stood.
struct FHIREntry<Resource: FHIRResource>: Sendable {
    let source: SourceLine
    let resource: Resource
}

/// The resources of a bulk export folder. They are held in memory whole, because bookings must be
/// sent in order of their start, whatever the order of the file.
struct FHIRData: Sendable {
    var locations: [FHIREntry<FHIRLocation>] = []
    var practitioners: [FHIREntry<FHIRPractitioner>] = []
    var patients: [FHIREntry<FHIRPatient>] = []
    var encounters: [FHIREntry<FHIREncounter>] = []
    var procedures: [FHIREntry<FHIRProcedure>] = []

    /// Reads the folder. A file that is missing has no resources; without encounters there is
    /// nothing to import.
    static func read(folder: String) throws(CommandFailure) -> FHIRData {
        var data = FHIRData()
        data.locations = try entries(folder)
        data.practitioners = try entries(folder)
        data.patients = try entries(folder)
        data.encounters = try entries(folder)
        data.procedures = try entries(folder)
        if data.encounters.isEmpty {
            throw .local("there is no Encounter.ndjson or Encounter.ndjson.gz in \(folder)")
        }
        return data
    }

    private static func entries<Resource: FHIRResource>(
        _ folder: String
    ) throws(CommandFailure) -> [FHIREntry<Resource>] {
        guard let file = NDJSONFile(folder: folder, name: Resource.typeName) else { return [] }
        let decoder = JSONDecoder()
        var entries: [FHIREntry<Resource>] = []
        try file.forEachLine { source, bytes throws(CommandFailure) in
            do {
                let resource = try decoder.decode(Resource.self, from: Data(bytes))
                entries.append(FHIREntry(source: source, resource: resource))
            } catch {
                throw .local("\(source) is no FHIR \(Resource.typeName): \(error)")
            }
        }
        return entries
    }
}
