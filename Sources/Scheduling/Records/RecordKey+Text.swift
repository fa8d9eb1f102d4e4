// The text form of ids whose kind only their prefix tells.

extension RecordKind {
    /// The prefix of its ids, as in `booking`.
    public var idPrefix: String {
        switch self {
        case .organization: OrganizationProfile.idPrefix
        case .location: Location.idPrefix
        case .provider: Provider.idPrefix
        case .service: Service.idPrefix
        case .procedureType: ProcedureType.idPrefix
        case .patient: Patient.idPrefix
        case .booking: Booking.idPrefix
        case .hold: Hold.idPrefix
        case .procedure: Procedure.idPrefix
        case .attachment: Attachment.idPrefix
        case .resource: Resource.idPrefix
        case .charge: Charge.idPrefix
        case .waitlistEntry: WaitlistEntry.idPrefix
        }
    }
}

extension RecordKey {
    /// Reads an id of any kind; nil for what is none.
    public init?(idText text: String) {
        for kind in RecordKind.allCases {
            guard let id = TypeID.decode(text, prefix: kind.idPrefix) else { continue }
            self.init(kind: kind, id: id)
            return
        }
        return nil
    }

    /// The id as text, with its kind's prefix.
    public var idText: String { TypeID.encode(prefix: kind.idPrefix, id) }
}
