public import Intervals

/// A page of a list, and where the next one starts.
public struct Page<Row: Sendable, Cursor: Sendable>: Sendable {
    /// At most as many as were asked for. May be empty and yet have a next page.
    public var rows: [Row]
    /// The last row's place; nil when there are no more rows.
    public var next: Cursor?
}

/// Conditions on bookings, joined by AND.
public struct BookingFilter: Sendable {
    /// Only this patient's; nil: anybody's.
    public var patient: Identifier<Patient>?
    /// Only there; nil: everywhere.
    public var location: Identifier<Location>?
    /// Only with this provider in any segment; nil: with anybody.
    public var provider: Identifier<Provider>?
    /// Only those that start then or later; nil: since ever.
    public var from: Minute?
    /// Only those that start before; nil: for ever.
    public var to: Minute?
    /// Empty: any.
    public var stages: Set<Stage> = []
    /// Each word of it begins a word of what the booking is known by; empty: any.
    public var text = ""

    /// Accepts every booking.
    public init() {}
}

extension Organization {
    /// Records of a kind in order of id, from the first after `after`.
    public func list<Row: DetailedRecord>(
        _ kind: Row.Type, after: Identifier<Row>?, limit: Int, where accept: (Row) -> Bool
    ) -> Page<Row, Identifier<Row>> {
        var rows: [Row] = []
        var hasMore = false
        self[keyPath: Row.table].forEach(after: after) { row in
            guard accept(row) else { return true }
            if rows.count == limit {
                hasMore = true
                return false
            }
            rows.append(row)
            return true
        }
        return Page(rows: rows, next: hasMore ? rows.last?.id : nil)
    }

    /// Patients with a word of the name, or an external reference, that starts with the prefix,
    /// each once, in order of the word; the cursor is the last word and id shown. Letter case,
    /// accents and punctuation do not count, see `FoldedText`. Before them comes whoever the whole
    /// text names exactly by an id, or by the external reference of a record that was merged into
    /// theirs.
    public func findPatients(
        prefix: String, after: (word: String, id: Identifier<Patient>)?, limit: Int
    ) -> (rows: [Patient], next: (word: String, id: Identifier<Patient>)?) {
        let folded = FoldedText(prefix).phrase
        guard !folded.isEmpty || prefix.isEmpty else { return ([], nil) }
        let text = prefix
        let prefix = folded
        var rows: [Patient] = []
        var next: (word: String, id: Identifier<Patient>)?
        var last: PatientWord?
        let lowest = PatientWord(word: prefix, id: Identifier(value: 0))
        let start = after.map { PatientWord(word: $0.word, id: $0.id) } ?? lowest
        if after == nil, let named = patient(named: text),
            !PatientWord.all(of: named).contains(where: { $0.word.hasPrefix(prefix) })
        {
            rows.append(named)
            last = lowest
        }
        patientWords.forEach(from: start) { word in
            guard word.word.hasPrefix(prefix) else { return false }
            if let after, word.word == after.word, word.id == after.id { return true }
            guard let patient = patients[word.id] else { return true }
            // A patient whose earlier word matches too was shown there.
            let first = PatientWord.all(of: patient).map(\.word)
                .filter { $0.hasPrefix(prefix) }.min()
            guard first == word.word else { return true }
            if rows.count == limit {
                next = last.map { ($0.word, $0.id) }
                return false
            }
            rows.append(patient)
            last = word
            return true
        }
        return (rows, next)
    }

    /// The patient that a text names exactly: by an id, or by an external reference of which only a
    /// merged record knows. Who was merged means the survivor.
    private func patient(named text: String) -> Patient? {
        let known =
            Identifier<Patient>(text) ?? identifier(.patient, externalRef: text)
        return known.flatMap { patients[survivor(of: $0)] }
    }

    /// Bookings in order of start, then id, from the first after `after`.
    ///
    /// Cost: the bookings of the patient, provider or location named, in the window; without any of
    /// them, of every location. With a text, a look at the words of each, and of about
    /// `textSearched` at most: the page may then be short, or empty, and still have a next one.
    public func listBookings(
        _ filter: BookingFilter, after: BookingKey?, limit: Int,
        textSearched: Int = Limits.textSearched
    ) -> Page<Booking, BookingKey> {
        let lowest = Identifier<Booking>(value: 0)
        var start = filter.from.map { BookingKey(start: $0, id: lowest) }
        if let after, start.map({ $0 < after }) ?? true { start = after }
        var rows: [Booking] = []
        var text = filter.text.isEmpty ? nil : BookingText(filter.text, in: self)
        let indexes = indexes(for: filter)
        let most = textSearched / max(1, indexes.count)
        // Where the search ended that ended first: beyond that not everything was looked at.
        var searched: BookingKey?
        for index in indexes {
            var taken = 0
            var looked = 0
            index.forEach(from: start) { key in
                guard key != after else { return true }
                if let to = filter.to, key.start >= to { return false }
                guard let booking = bookings[key.id] else { return true }
                looked += 1
                if filter.accepts(booking), text?.accepts(booking) ?? true {
                    rows.append(booking)
                    taken += 1
                }
                if text != nil, looked > most {
                    searched = min(searched ?? key, key)
                    return false
                }
                return taken <= limit
            }
        }
        rows.sort { BookingKey($0) < BookingKey($1) }
        if let searched { rows.removeAll { BookingKey($0) > searched } }
        guard rows.count > limit else { return Page(rows: rows, next: searched) }
        rows.removeLast(rows.count - limit)
        return Page(rows: rows, next: rows.last.map { BookingKey($0) })
    }

    private func indexes(for filter: BookingFilter) -> [OrderedIndex<BookingKey>] {
        if let patient = filter.patient { return [bookingsByPatient[patient]].compactMap { $0 } }
        if let provider = filter.provider {
            return [bookingsByProvider[provider]].compactMap { $0 }
        }
        if let location = filter.location {
            return [bookingsByLocation[location]].compactMap { $0 }
        }
        return Array(bookingsByLocation.values)
    }

    /// Procedures in order of id, from the first after `after`.
    public func listProcedures(
        patient: Identifier<Patient>?, booking: Booking?, statuses: Set<ProcedureStatus>,
        after: Identifier<Procedure>?, limit: Int
    ) -> Page<Procedure, Identifier<Procedure>> {
        var rows: [Procedure] = []
        var hasMore = false
        func visit(_ procedure: Procedure) -> Bool {
            guard patient == nil || procedure.patient == patient,
                statuses.isEmpty || statuses.contains(procedure.status)
            else { return true }
            if rows.count == limit {
                hasMore = true
                return false
            }
            rows.append(procedure)
            return true
        }
        if let booking {
            let ids = Set(activeAttachments(of: booking).map(\.procedure)).sorted()
            for id in ids where after.map({ $0 < id }) ?? true {
                guard let procedure = procedures[id], visit(procedure) else { break }
            }
        } else if let patient {
            proceduresByPatient[patient]?.forEach(from: after) { id in
                guard id != after, let procedure = procedures[id] else { return true }
                return visit(procedure)
            }
        } else {
            procedures.forEach(after: after, visit)
        }
        return Page(rows: rows, next: hasMore ? rows.last?.id : nil)
    }
}

extension BookingFilter {
    func accepts(_ booking: Booking) -> Bool {
        (patient == nil || booking.patient == patient)
            && (location == nil || booking.location == location)
            && (provider == nil || booking.segments.contains { $0.provider == provider })
            && (stages.isEmpty || stages.contains(booking.stage))
    }
}
