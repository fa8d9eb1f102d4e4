public import Intervals
internal import NIOConcurrencyHelpers
public import Scheduling

/// The organizations of this daemon, by id and by external reference.
struct Directory: Sendable {
    private(set) var cells: [Identifier<OrganizationProfile>: OrganizationCell] = [:]
    private var refs: [String: OrganizationCell] = [:]
    /// The reference under which each stands in `refs`.
    private var names: [Identifier<OrganizationProfile>: String] = [:]

    init(_ cells: [OrganizationCell]) {
        for cell in cells {
            insert(cell, externalRef: cell.withLock { $0.organization.profile.details.externalRef })
        }
    }

    mutating func insert(_ cell: OrganizationCell, externalRef: String) {
        cells[cell.id] = cell
        refs[externalRef] = cell
        names[cell.id] = externalRef
    }

    mutating func remove(_ cell: OrganizationCell) {
        if let name = names[cell.id], refs[name] === cell { refs[name] = nil }
        names[cell.id] = nil
        cells[cell.id] = nil
    }

    /// Gives an organization another reference. In which order several are renamed does not matter:
    /// one loses only a reference that is still its own.
    mutating func rename(_ cell: OrganizationCell, to new: String) {
        guard cells[cell.id] === cell, names[cell.id] != new else { return }
        remove(cell)
        insert(cell, externalRef: new)
    }

    /// By id first: a reference that looks like another organization's id must not stand in its
    /// way.
    func find(_ name: String) -> OrganizationCell? {
        if let id = Identifier<OrganizationProfile>(name), let cell = cells[id] { return cell }
        return refs[name]
    }

    /// The organization that an earlier call with this one's request_id made. Costs a look into
    /// each organization; the caller holds the directory's lock and none of theirs.
    func creation(by call: MutationCall, now: Instant) -> OrganizationCell? {
        guard !call.requestID.isEmpty else { return nil }
        let key = ReceiptKey(actor: call.actor, rpc: call.rpc, requestID: call.requestID)
        return cells.values.first { cell in
            cell.withLock { $0.organization.receipt(key, now: now) != nil }
        }
    }

    func owner(of externalRef: String) -> OrganizationCell? { refs[externalRef] }
}

/// Some organizations' profiles, in order of id.
public struct ProfilePage: Sendable {
    /// The profiles.
    public var rows: [OrganizationProfile]
    /// There are more after them.
    public var hasMore: Bool
}

extension Engine {
    /// The external reference of the organization that exists from the start.
    public static let defaultOrganization = "default"

    /// The organization with this id or external reference.
    public func organization(_ name: String) -> OrganizationCell? {
        directory.withLockedValue { $0.find(name) }
    }

    /// Every organization, in order of id. Costs a sort.
    public func organizations() -> [OrganizationCell] {
        directory.withLockedValue { $0.sorted }
    }

    /// The profiles of at most `limit` organizations, in order of id, from after the given one.
    ///
    /// Returns them when they can go now; nil when `release` will get them on the event loop of
    /// this index, once they are durable. Looks into the organizations in turn, under the
    /// directory's lock, so that none is taken back in between.
    public func profiles(
        after: Identifier<OrganizationProfile>?, limit: Int, loop: Int,
        release: @escaping @Sendable (Result<ProfilePage, Rejection>) -> Void
    ) -> Result<ProfilePage, Rejection>? {
        directory.withLockedValue { directory in
            let cells = directory.sorted.filter { cell in after.map { $0 < cell.id } ?? true }
            var ahead: OrganizationCell?
            let rows = cells.prefix(limit).map { cell in
                cell.withLock { state in
                    if cell.isAhead(state.organization.position) { ahead = cell }
                    return state.organization.profile
                }
            }
            let page = ProfilePage(rows: rows, hasMore: cells.count > limit)
            guard let ahead else { return .success(page) }
            return wait(behind: ahead, loop: loop, .success(page), release: release)
        }
    }

    /// Creates an organization. Its record is the first event of its own stream.
    ///
    /// Answers through `release` once it is durable, or at once with a refusal. A call with the
    /// same request_id and external reference gets the first one's reply.
    public func createOrganization(
        _ details: OrganizationProfile.Details, zones: TimeZoneDatabase, _ call: MutationCall,
        encode: (OrganizationProfile, Organization) -> [UInt8],
        release: @escaping @Sendable (MutationAnswer) -> Void
    ) -> MutationAnswer? {
        var random = SystemRandomNumberGenerator()
        let bits = (random.next(), random.next())
        let now = self.now
        return directory.withLockedValue { directory -> MutationAnswer? in
            // The receipt of a creation lies in the organization that it made, whatever that is
            // called by now.
            let known = directory.creation(by: call, now: now)
            if let owner = known ?? directory.owner(of: details.externalRef) {
                return repeatCreation(of: owner, call, now: now, release: release)
            }
            do throws(Rejection) {
                try checkAccepting(now)
            } catch {
                return .refused(error)
            }
            var ids = IdentifierSupply(now: now, random: bits)
            let details = details.created(at: now)
            let profile = OrganizationProfile(
                id: ids.next(), version: 1, details: details, testClock: testClock?.now)
            let cell = OrganizationCell(Organization(profile: profile, zones: zones))
            directory.insert(cell, externalRef: details.externalRef)
            return cell.withLock { state in
                let event = Event(
                    position: 1, at: now, actor: call.actor, rpc: call.rpc,
                    writes: [.put(.organization(profile))])
                state.organization.apply(event)
                let reply = encode(profile, state.organization)
                var item = Committer.Item(cell: cell, event: event, isCreation: true)
                item.complete(call, reply)
                if let event = item.event { state.organization.remember(event) }
                return settle(.reply(reply), item, at: 1, call, release: release)
            }
        }
    }

    /// The answer to a creation that was made before, or whose name is taken.
    private func repeatCreation(
        of owner: OrganizationCell, _ call: MutationCall, now: Instant,
        release: @escaping @Sendable (MutationAnswer) -> Void
    ) -> MutationAnswer? {
        owner.withLock { state in
            let answer: MutationAnswer
            do throws(Rejection) {
                guard let reply = try state.organization.repeated(call, now: now) else {
                    throw .nameTaken(state.organization.profile.details.externalRef)
                }
                answer = .replayed(reply)
            } catch {
                answer = .refused(error)
            }
            return settle(
                answer, Committer.Item(cell: owner), at: state.organization.position, call,
                release: release)
        }
    }

    /// Replaces an organization's details; its external reference stays unique in the daemon.
    ///
    /// Answers as `perform` does.
    public func updateOrganization(
        _ command: UpdateOrganization, in cell: OrganizationCell, _ call: MutationCall,
        encode: (OrganizationChange, Organization) -> [UInt8],
        release: @escaping @Sendable (MutationAnswer) -> Void
    ) -> MutationAnswer? {
        directory.withLockedValue { directory -> MutationAnswer? in
            let new = command.details.externalRef
            let owner = directory.owner(of: new)
            let answer = perform(
                in: cell, call,
                command: { _, _ throws(Rejection) in
                    if let owner, owner !== cell { throw .nameTaken(new) }
                    return command
                },
                encode: encode, release: release)
            directory.rename(
                cell, to: cell.withLock { $0.organization.profile.details.externalRef })
            guard let answer, let owner, owner !== cell else { return answer }
            // The refusal saw the other organization's name, which may not be durable yet.
            return owner.withLock { state in
                settle(
                    answer, Committer.Item(cell: owner), at: state.organization.position, call,
                    release: release)
            }
        }
    }
}

extension Directory {
    fileprivate var sorted: [OrganizationCell] { cells.values.sorted { $0.id < $1.id } }
}

extension Rejection {
    fileprivate static func nameTaken(_ externalRef: String) -> Rejection {
        Rejection(.externalRefTaken, "another organization has the external_ref \(externalRef)")
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
