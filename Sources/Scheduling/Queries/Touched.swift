/// What an event changed of what people look at: the bookings themselves, and what their cards
/// show of other records.
public struct Touched: Sendable {
    /// Bookings that are, or may look, other than before.
    public private(set) var bookings: [Identifier<Booking>] = []
    /// What each of them was before, where that is known.
    public private(set) var before: [Identifier<Booking>: Booking] = [:]
    // Records whose bookings may look other than before: by their names, or because their time no
    // longer fits the schedules.
    private var patients: Set<Identifier<Patient>> = []
    private var providers: Set<Identifier<Provider>> = []
    private var services: Set<Identifier<Service>> = []
    private var resources: Set<Identifier<Resource>> = []
    /// Locations that are other than before: their boards have another head, or another day.
    public private(set) var locations: Set<Identifier<Location>> = []
    /// The organization's own record, which has the settings of all boards.
    public private(set) var isProfileTouched = false

    /// Nothing that anybody looks at.
    public var isEmpty: Bool {
        bookings.isEmpty && !touchesOthers && locations.isEmpty && !isProfileTouched
    }

    /// Bookings may look other than before that are not among `bookings`.
    public var touchesOthers: Bool {
        !patients.isEmpty || !providers.isEmpty || !services.isEmpty || !resources.isEmpty
    }

    /// A booking may look other than before because of a record that it names, its location aside.
    public func concerns(_ booking: Booking) -> Bool {
        patients.contains(booking.patient)
            || booking.segments.contains { segment in
                providers.contains(segment.provider) || services.contains(segment.service)
                    || segment.uses.contains { use in
                        use.resource.map(resources.contains) == true
                            || use.provider.map(providers.contains) == true
                    }
            }
    }

    mutating func add(_ booking: Identifier<Booking>) {
        if !bookings.contains(booking) { bookings.append(booking) }
    }

    mutating func add(_ record: Record) {
        switch record {
        case .organization: isProfileTouched = true
        case .location(let row): locations.insert(row.id)
        case .provider(let row): providers.insert(row.id)
        case .service(let row): services.insert(row.id)
        case .patient(let row): patients.insert(row.id)
        case .booking(let row): add(row.id)
        case .attachment(let row): add(row.booking)
        case .resource(let row): resources.insert(row.id)
        case .procedureType, .hold, .procedure, .charge, .waitlistEntry: break
        }
    }

    mutating func add(before record: Record) {
        add(record)
        if case .booking(let row) = record { before[row.id] = row }
    }
}

extension Organization {
    /// What an event touched that was just applied.
    ///
    /// `inverse` is what `apply` returned for it. Without it, for an event that was read back, what
    /// it removed stays unseen, and nothing is known of before.
    public func touched(by event: Event, inverse: [RecordWrite] = []) -> Touched {
        var touched = Touched()
        for write in event.writes {
            guard case .put(let record) = write else { continue }
            touched.add(record)
            guard case .procedure(let row) = record,
                let attachment = activeAttachment(of: row.id)
            else { continue }
            touched.add(attachment.booking)
        }
        // In the order of undoing, so that the oldest value of a record comes last and stays.
        for write in inverse {
            if case .put(let record) = write { touched.add(before: record) }
        }
        return touched
    }
}
