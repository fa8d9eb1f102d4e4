public import Intervals

/// A patient. Everything but the external reference identifies a person and is never logged.
public struct Patient: DetailedRecord {
    /// The prefix of its kind's ids.
    public static let idPrefix = "patient"
    /// Which.
    public let id: Identifier<Patient>
    /// Grows by one with each change.
    public let version: Int64
    /// What the client gave.
    public let details: Details
    /// The patient that this one was merged into; nil: none. Such a record is kept for the trail,
    /// and so that its names go on to mean somebody.
    public let mergedInto: Identifier<Patient>?

    /// What the client gives of a patient.
    public struct Details: RecordDetails {
        /// The client's own name of the record, unique among patients; empty: none.
        public var externalRef = ""
        /// Never empty once it is stored.
        public var name = ""
        /// When they were born; nil: not known.
        public var birthDate: LocalDate?
        /// Free text; empty: not known.
        public var phone = ""
        /// Free text; empty: not known.
        public var email = ""

        /// Nothing is known yet.
        public init() {}
    }

    /// A patient that is a record of its own.
    public init(id: Identifier<Patient>, version: Int64, details: Details) {
        self.init(id: id, version: version, details: details, mergedInto: nil)
    }

    /// A patient, merged or not.
    public init(
        id: Identifier<Patient>, version: Int64, details: Details,
        mergedInto: Identifier<Patient>?
    ) {
        self.id = id
        self.version = version
        self.details = details
        self.mergedInto = mergedInto
    }
}

extension Organization {
    /// The record that an id means: itself, or, of a patient who was merged, who took its place,
    /// however often that happened.
    ///
    /// Cost: one look-up for each merge on the way, which leads to no record twice.
    public func survivor<Row>(of id: Identifier<Row>) -> Identifier<Row> {
        guard Row.self == Patient.self else { return id }
        var value = id.value
        while let next = patients.stored(Identifier(value: value))?.record.mergedInto {
            value = next.value
        }
        return Identifier(value: value)
    }

    /// The patient that an id means, who must exist.
    func patient(
        _ id: Identifier<Patient>, field: String = "patient_id"
    ) throws(Rejection) -> Identifier<Patient> {
        guard patients.contains(id) else {
            throw .unknown("patient", id.description, field: field)
        }
        return survivor(of: id)
    }
}
