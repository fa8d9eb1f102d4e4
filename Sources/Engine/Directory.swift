internal import NIOConcurrencyHelpers
public import Intervals
public import Scheduling

/// The organizations of this daemon, by id and by external reference.
struct Directory: Sendable {
    private(set) var cells: [Identifier<OrganizationProfile>: OrganizationCell] = [:]
    private var refs: [String: OrganizationCell] = [:]

    init(_ cells: [OrganizationCell]) {
        for cell in cells {
            insert(cell, externalRef: cell.withLock { $0.organization.profile.details.externalRef })
        }
    }

    mutating func insert(_ cell: OrganizationCell, externalRef: String) {
        cells[cell.id] = cell
        refs[externalRef] = cell
    }

    mutating func remove(_ cell: OrganizationCell, externalRef: String) {
        cells[cell.id] = nil
        refs[externalRef] = nil
    }

    mutating func rename(_ cell: OrganizationCell, from old: String, to new: String) {
        refs[old] = nil
        refs[new] = cell
    }

    func find(_ name: String) -> OrganizationCell? {
        if let cell = refs[name] { return cell }
        return Identifier<OrganizationProfile>(name).flatMap { cells[$0] }
    }

    func owner(of externalRef: String) -> OrganizationCell? { refs[externalRef] }
}

extension Engine {
    /// The external reference of the organization that exists from the start.
    public static let defaultOrganization = "default"

    /// The organization with this id or external reference.
    public func organization(_ name: String) -> OrganizationCell? {
        directory.withLockedValue { $0.find(name) }
    }

    /// Every organization, in order of id.
    public func organizations() -> [OrganizationCell] {
        directory.withLockedValue { $0.cells.values.sorted { $0.id < $1.id } }
    }

    /// Creates an organization. Its record is the first event of its own stream.
    ///
    /// Answers through `release` once it is durable, or at once with a refusal or with the reply of an
    /// earlier call with the same request_id.
    public func createOrganization(
        _ details: OrganizationProfile.Details, zones: TimeZoneDatabase, _ call: MutationCall,
        encode: (OrganizationProfile, Organization) -> [UInt8],
        release: @escaping @Sendable (MutationAnswer) -> Void
    ) -> MutationAnswer? {
        var random = SystemRandomNumberGenerator()
        let bits = (random.next(), random.next())
        let now = self.now
        return directory.withLockedValue { directory -> MutationAnswer? in
            do throws(Rejection) {
                if let taken = directory.owner(of: details.externalRef) {
                    return try taken.repeatedCreation(call, now: now)
                }
                try checkWritable()
            } catch {
                return .refused(error)
            }
            var ids = IdentifierSupply(now: now, random: bits)
            let details = details.created(at: now)
            let profile = OrganizationProfile(id: ids.next(), version: 1, details: details)
            let cell = OrganizationCell(Organization(profile: profile, zones: zones))
            cell.withLock { state in
                var event = Event(
                    position: 1, at: now, actor: call.actor, rpc: call.rpc,
                    writes: [.put(.organization(profile))])
                state.organization.apply(event)
                let reply = encode(profile, state.organization)
                event.receipt = call.receipt(reply)
                state.organization.remember(event)
                let waiter = Waiter(loop: call.loop) { result in
                    switch result {
                    case .durable:
                        release(.reply(reply))
                    case .refused(let rejection):
                        self.directory.withLockedValue {
                            $0.remove(cell, externalRef: details.externalRef)
                        }
                        release(.refused(rejection))
                    }
                }
                enqueueFirst(event, of: cell, waiter: waiter)
            }
            directory.insert(cell, externalRef: details.externalRef)
            return nil
        }
    }

    /// Replaces an organization's details; its external reference stays unique in the daemon.
    public func updateOrganization(
        _ command: UpdateOrganization, in cell: OrganizationCell, _ call: MutationCall,
        encode: (OrganizationProfile, Organization) -> [UInt8],
        release: @escaping @Sendable (MutationAnswer) -> Void
    ) -> MutationAnswer? {
        directory.withLockedValue { directory -> MutationAnswer? in
            let new = command.details.externalRef
            if let owner = directory.owner(of: new), owner !== cell {
                return .refused(
                    Rejection(.externalRefTaken, "another organization has the external_ref \(new)"))
            }
            let old = cell.withLock { $0.organization.profile.details.externalRef }
            let answer = perform(
                in: cell, call, command: { _, _ in command }, encode: encode, release: release)
            let current = cell.withLock { $0.organization.profile.details.externalRef }
            if current != old { directory.rename(cell, from: old, to: current) }
            return answer
        }
    }
}

extension OrganizationCell {
    /// The reply to the call that created this organization, if this one repeats it.
    fileprivate func repeatedCreation(
        _ call: MutationCall, now: Instant
    ) throws(Rejection) -> MutationAnswer {
        let result = withLock { state -> Result<[UInt8]?, Rejection> in
            do throws(Rejection) {
                return .success(try state.organization.repeated(call, now: now))
            } catch {
                return .failure(error)
            }
        }
        guard let reply = try result.get() else {
            throw Rejection(
                .externalRefTaken, "another organization has this external_ref")
        }
        return .replayed(reply)
    }
}

extension Organization {
    /// The reply to an earlier call with this request_id; nil when there was none.
    func repeated(_ call: MutationCall, now: Instant) throws(Rejection) -> [UInt8]? {
        guard !call.requestID.isEmpty else { return nil }
        let key = ReceiptKey(actor: call.actor, rpc: call.rpc, requestID: call.requestID)
        guard let receipt = receipt(key, now: now) else { return nil }
        guard receipt.fingerprint == call.fingerprint else {
            var rejection = Rejection(
                .keyReused, "request_id: it was used before with another request")
            rejection.field = "request_id"
            throw rejection
        }
        return receipt.reply
    }
}

extension OrganizationProfile.Details {
    fileprivate func created(at instant: Instant) -> Self {
        var copy = self
        copy.createdAt = instant
        return copy
    }
}
