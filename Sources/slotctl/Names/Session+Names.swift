internal import SlotdAPI
internal import SwiftProtobuf

/// From what the user wrote to the record that is meant.
extension Session {
    /// The location of that name; without one the context's, else the only one there is.
    func location(_ name: String?) async throws(CommandFailure) -> Slotd_V1_Location {
        guard let name = name ?? settings.location else {
            let all = try await locations()
            if all.count == 1 { return all[0] }
            if all.isEmpty { throw .local("there is no location yet: slotctl location create") }
            let names = all.prefix(10).map { "“\($0.name)”" }.joined(separator: ", ")
            throw .usage(
                "which location? --location takes one of \(names); "
                    + "`slotctl context set location=NAME` keeps one")
        }
        switch RecordName(name, kind: .location) {
        case .exact(let id):
            return try await api.call(
                Methods.CatalogService.getLocation, .with { $0.id = id }
            ).location
        case .spoken(let name):
            let all = try await locations(includingArchived: true)
            return try pick(name, kind: .location, from: all)
        }
    }

    func provider(_ name: String) async throws(CommandFailure) -> Slotd_V1_Provider {
        switch RecordName(name, kind: .provider) {
        case .exact(let id):
            return try await api.call(
                Methods.CatalogService.getProvider, .with { $0.id = id }
            ).provider
        case .spoken(let name):
            let all = try await providers(includingDisabled: true)
            return try pick(name, kind: .provider, from: all)
        }
    }

    func service(_ name: String) async throws(CommandFailure) -> Slotd_V1_Service {
        switch RecordName(name, kind: .service) {
        case .exact(let id):
            return try await api.call(
                Methods.CatalogService.getService, .with { $0.id = id }
            ).service
        case .spoken(let name):
            let all = try await services(includingArchived: true)
            return try pick(name, kind: .service, from: all)
        }
    }

    func resource(_ name: String) async throws(CommandFailure) -> Slotd_V1_Resource {
        switch RecordName(name, kind: .resource) {
        case .exact(let id):
            return try await api.call(
                Methods.CatalogService.getResource, .with { $0.id = id }
            ).resource
        case .spoken(let name):
            let all = try await resources(includingArchived: true)
            return try pick(name, kind: .resource, from: all)
        }
    }

    func procedureType(_ name: String) async throws(CommandFailure) -> Slotd_V1_ProcedureType {
        switch RecordName(name, kind: .procedureType) {
        case .exact(let id):
            return try await api.call(
                Methods.CatalogService.getProcedureType, .with { $0.id = id }
            ).procedureType
        case .spoken(let name):
            let all = try await procedureTypes(includingArchived: true)
            return try pick(name, kind: .procedureType, from: all)
        }
    }

    func patient(_ name: String) async throws(CommandFailure) -> Slotd_V1_Patient {
        switch RecordName(name, kind: .patient) {
        case .exact(let id):
            return try await api.call(
                Methods.PatientService.getPatient, .with { $0.id = id }
            ).patient
        case .spoken(let name):
            // The daemon finds the beginning of a word; the whole name decides here.
            let word = name.split(separator: " ").first.map(String.init) ?? name
            let found = try await patients(prefix: word, limit: 1000)
            return try pick(name, kind: .patient, from: found.records)
        }
    }

    /// The id to send for a provider; empty for none.
    func providerID(_ name: String?) async throws(CommandFailure) -> String {
        guard let name, name.lowercased() != "any" else { return "" }
        if case .exact(let id) = RecordName(name, kind: .provider) { return id }
        return try await provider(name).id
    }

    /// The id to send for a service; empty for none.
    func serviceID(_ name: String?) async throws(CommandFailure) -> String {
        guard let name else { return "" }
        if case .exact(let id) = RecordName(name, kind: .service) { return id }
        return try await service(name).id
    }

    /// The id to send for a procedure type; empty for none.
    func procedureTypeID(_ name: String?) async throws(CommandFailure) -> String {
        guard let name else { return "" }
        if case .exact(let id) = RecordName(name, kind: .procedureType) { return id }
        return try await procedureType(name).id
    }

    /// The id to send for a patient; empty for none.
    func patientID(_ name: String?) async throws(CommandFailure) -> String {
        guard let name else { return "" }
        if case .exact(let id) = RecordName(name, kind: .patient) { return id }
        return try await patient(name).id
    }

    /// The id to send for a booking: an id, a `ref:`, or the end of an id as the board shows it,
    /// looked up among the bookings of the days around today, then of the months, then among all.
    func bookingID(_ name: String) async throws(CommandFailure) -> String {
        if case .exact(let id) = RecordName(name, kind: .booking) { return id }
        guard !name.isEmpty else { throw .usage("an empty name names no booking") }
        let end = name.hasPrefix("…") ? String(name.dropFirst()) : name
        guard (4...26).contains(end.utf8.count), end.utf8.allSatisfy(RecordName.Kind.isBase32)
        else { return name }
        for days in [2, 62, nil] as [Int64?] {
            let found = try await bookings(endingIn: end, within: days)
            if found.count == 1 { return found[0] }
            guard found.isEmpty else {
                throw CommandFailure(
                    code: "AMBIGUOUS_NAME", exitStatus: .failure,
                    message: "“\(name)” ends the ids of \(found.count) bookings; use more of one",
                    candidates: found.prefix(10).map { "  \($0)" })
            }
        }
        throw .unknownName("booking", name)
    }

    /// The ids of bookings that end so, starting at most so many days from now; nil: at any time.
    private func bookings(
        endingIn end: String, within days: Int64?
    ) async throws(CommandFailure) -> [String] {
        var request = Slotd_V1_ListBookingsRequest()
        if let days {
            request.from = (now.wholeMinute + -days * 86_400).timestamp
            request.to = (now.wholeMinute + days * 86_400).timestamp
        }
        var ids: [String] = []
        // Page by page: there may be more bookings than memory should hold.
        _ = try await api.forEachPage(
            Methods.BookingService.listBookings, request, limit: .max, pageSize: 1000
        ) { bookings in
            ids += bookings.lazy.map(\.id).filter { $0.hasSuffix(end) }
        }
        return ids
    }
}
