/// What a change of the organization's record did, or would do.
public struct OrganizationChange: Sendable {
    /// The record as changed.
    public var profile: OrganizationProfile
    /// Bookings to come that it strands, in order of start.
    public var stranded: [StrandedBooking]
}

/// Replaces the organization's own details, and tells which bookings to come that would strand;
/// when it was created stays.
public struct UpdateOrganization: Command {
    /// The version that the organization's record must have; 0: any.
    public var expectedVersion: Int64
    /// What it shall say, all of it but `createdAt`.
    public var details: OrganizationProfile.Details
    /// Only tells what it would do.
    public var isDryRun = false
    /// What becomes of it when it strands bookings.
    public var policy = StrandedPolicy.keepAndFlag

    /// Names all that it needs; makes the change, whomever it strands, unless told otherwise.
    public init(expectedVersion: Int64, details: OrganizationProfile.Details) {
        self.expectedVersion = expectedVersion
        self.details = details
    }

    /// Refuses another version than expected. Details that are already so change nothing. Costs a
    /// look at each booking to come where whose hours count is changed.
    public func decide(
        on organization: Organization, _ context: inout DecisionContext
    ) throws(Rejection) -> Decision<OrganizationChange> {
        let old = organization.profile
        try organization.check(version: old.version, expected: expectedVersion, of: old.id)
        var details = details
        details.createdAt = old.details.createdAt
        guard details != old.details else {
            return Decision([], OrganizationChange(profile: old, stranded: []))
        }
        let new = OrganizationProfile(
            id: old.id, version: old.version + 1, details: details, testClock: old.testClock)
        var change = OrganizationChange(profile: new, stranded: [])
        let writes = [RecordWrite.put(.organization(new))]
        if details.providersMayExtendHours != old.details.providersMayExtendHours {
            change.stranded = organization.stranded(by: writes, to: old.id.value, now: context.now)
        }
        if !isDryRun { try policy.judge(change.stranded, by: old.id) }
        return Decision(isDryRun ? [] : writes, change)
    }
}
