public import Intervals

// Lists in an order that another organization with the same records has as well: ids differ from
// one to the next, names in an export do not.

/// Where an export of patients goes on.
public struct PatientExportCursor: Sendable {
    fileprivate var word: PatientWord?
    fileprivate var id: Identifier<Patient>?

    /// The beginning.
    public init() {}
}

extension Organization {
    /// Patients in order of what an export calls them, letter case aside: the external reference,
    /// or the id where there is none. `next` is nil when there are no more.
    ///
    /// Cost: a few index entries for each patient shown.
    public func exportPatients(
        after cursor: PatientExportCursor, limit: Int
    ) -> (rows: [Patient], next: PatientExportCursor?) {
        let referenced = referencedPatients(after: cursor.word, limit: limit + 1)
        let nameless = namelessPatients(after: cursor.id, limit: limit + 1)
        var next = cursor
        var rows: [Patient] = []
        var (left, right) = (referenced[...], nameless[...])
        while rows.count < limit {
            if let word = left.first, right.first.map({ word.word < $0.id.description }) ?? true {
                left.removeFirst()
                next.word = word
                if let patient = patients[word.id] { rows.append(patient) }
            } else if let patient = right.popFirst() {
                next.id = patient.id
                rows.append(patient)
            } else {
                return (rows, nil)
            }
        }
        return (rows, left.isEmpty && right.isEmpty ? nil : next)
    }

    private func referencedPatients(after: PatientWord?, limit: Int) -> [PatientWord] {
        var words: [PatientWord] = []
        patientWords.forEach(from: after) { word in
            if let after, word.word == after.word, word.id == after.id { return true }
            guard let patient = patients[word.id], !patient.details.externalRef.isEmpty,
                patient.details.externalRef.lowercased() == word.word
            else { return true }
            words.append(word)
            return words.count < limit
        }
        return words
    }

    private func namelessPatients(after: Identifier<Patient>?, limit: Int) -> [Patient] {
        var rows: [Patient] = []
        patients.forEach(after: after) { patient in
            guard patient.details.externalRef.isEmpty, patient.mergedInto == nil else {
                return true
            }
            rows.append(patient)
            return rows.count < limit
        }
        return rows
    }

    /// Bookings in order of start, then of what an export calls them, from those that start at
    /// `start` or later. `next` is the start to go on from; nil when there are no more.
    ///
    /// Bookings of one start are never cut apart, so a page can be longer than the limit.
    public func exportBookings(
        _ filter: BookingFilter, from start: Minute?, limit: Int
    ) -> (rows: [Booking], next: Minute?) {
        var filter = filter
        if let start { filter.from = max(filter.from ?? start, start) }
        let page = listBookings(filter, after: nil, limit: limit)
        var rows = page.rows
        var next: Minute?
        if page.next != nil, let last = rows.last?.start, let beyond = last.adding(minutes: 1) {
            rows.removeAll { $0.start == last }
            next = last
            if rows.isEmpty {
                filter.from = last
                filter.to = beyond
                rows = listBookings(filter, after: nil, limit: .max - 1).rows
                next = beyond
            }
        }
        let named = rows.map { (row: $0, name: exportName(of: $0)) }
        return (
            named.sorted { ($0.row.start, $0.name) < ($1.row.start, $1.name) }.map(\.row), next
        )
    }

    /// The procedures of a booking that another system can take, in order of what an export calls
    /// them.
    public func exportProcedures(of booking: Booking) -> [(Procedure, Attachment)] {
        activeAttachments(of: booking)
            .compactMap { attachment in
                procedures[attachment.procedure].map { ($0, attachment) }
            }
            .filter { procedure, _ in
                switch procedure.status {
                case .draft, .inProgress, .completed, .signed: true
                case .abandoned, .cancelled, .enteredInError: false
                }
            }
            .sorted { exportName(of: $0.0) < exportName(of: $1.0) }
    }

    /// What an export calls a record.
    public func exportName(of booking: Booking) -> String {
        booking.externalRef.isEmpty ? booking.id.description : booking.externalRef
    }

    /// What an export calls a record.
    public func exportName(of procedure: Procedure) -> String {
        procedure.externalRef.isEmpty ? procedure.id.description : procedure.externalRef
    }

    /// What an export calls the record of this id.
    public func exportName<Row: DetailedRecord>(of id: Identifier<Row>) -> String {
        guard let row = self[keyPath: Row.table][id], !row.details.externalRef.isEmpty else {
            return id.description
        }
        return row.details.externalRef
    }
}
