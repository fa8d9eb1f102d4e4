internal import SlotdAPI
internal import SwiftProtobuf

/// Names and zones of the records that others mention by id: what turns `provider_01h…` into
/// `Dr. Kim` on a terminal.
struct Directory: Sendable {
    var names: [String: String] = [:]
    /// Of locations.
    var zones: [String: String] = [:]

    static let empty = Directory()

    /// The name of a record; its id while it is not known.
    func name(_ id: String) -> String { names[id] ?? id }

    /// The names of several records as one: `Peel + Facial`.
    func names(_ ids: [String]) -> String { ids.map(name).joined(separator: " + ") }

    mutating func add(_ records: [some Named]) {
        for record in records { names[record.id] = record.name }
    }

    mutating func add(locations: [Slotd_V1_Location]) {
        add(locations)
        for location in locations { zones[location.id] = location.timeZone }
    }
}

extension Session {
    /// The names of locations; empty for formats that machines read.
    func directoryOfLocations() async throws(CommandFailure) -> Directory {
        guard output.format.isForPeople else { return .empty }
        var directory = Directory()
        directory.add(locations: try await locations(includingArchived: true))
        return directory
    }

    /// The names that the catalog's records mention; empty for formats that machines read.
    func directoryOfCatalog() async throws(CommandFailure) -> Directory {
        var directory = try await directoryOfLocations()
        guard output.format.isForPeople else { return directory }
        directory.add(try await providers(includingDisabled: true))
        directory.add(try await services(includingArchived: true))
        directory.add(try await resources(includingArchived: true))
        return directory
    }

    /// The names that these bookings and procedures mention. Empty for formats that machines read:
    /// they get ids, and the calls are saved.
    func directory(
        bookings: [Slotd_V1_Booking] = [], procedures: [Slotd_V1_Procedure] = []
    ) async throws(CommandFailure) -> Directory {
        guard output.format.isForPeople, !(bookings.isEmpty && procedures.isEmpty) else {
            return .empty
        }
        var directory = Directory()
        directory.add(locations: try await locations(includingArchived: true))
        if !bookings.isEmpty {
            directory.add(try await providers(includingDisabled: true))
            directory.add(try await services(includingArchived: true))
        }
        if !procedures.isEmpty {
            directory.add(try await procedureTypes(includingArchived: true))
        }
        let patients = Set(bookings.map(\.patientID)).union(procedures.map(\.patientID))
        for id in patients where !id.isEmpty {
            let reply = try await api.call(Methods.PatientService.getPatient, .with { $0.id = id })
            directory.add([reply.patient])
        }
        return directory
    }
}
