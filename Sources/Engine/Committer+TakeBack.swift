internal import NIOConcurrencyHelpers
internal import Scheduling

extension Committer {
    /// The disk is full: takes back everything that is not durable, organization by organization,
    /// newest first, and refuses those who waited for it.
    ///
    /// `Disk` says already that no mutation may be decided; an organization's lock makes sure that
    /// one that was decided before stands in the queue when its items are withdrawn. Organizations
    /// that only stand in the queue are taken back as well, since a change of one organization may
    /// have seen another's name; such changes are made under the directory's lock, which is held
    /// here, so that none comes in between and the names are right again afterwards.
    func takeBack(_ failed: [Item], _ directory: NIOLockedValueBox<Directory>) {
        var refused: [Waiter] = []
        var untouched: [Waiter] = []
        directory.withLockedValue { directory in
            var cells: [ObjectIdentifier: OrganizationCell] = [:]
            for cell in failed.map(\.cell) + queuedCells() { cells[ObjectIdentifier(cell)] = cell }
            for cell in cells.values {
                cell.withLock { state in
                    let items = failed.filter { $0.cell === cell } + withdraw(cell)
                    let waiters = items.compactMap(\.waiter)
                    guard items.contains(where: { $0.event != nil }) else {
                        // All that these saw had become durable before.
                        untouched += waiters
                        return
                    }
                    state.undo(items)
                    if state.isGone {
                        directory.remove(cell)
                    } else {
                        directory.rename(
                            cell, to: state.organization.profile.details.externalRef)
                    }
                    refused += waiters
                }
            }
        }
        release(untouched, .durable)
        release(refused, .refused(Disk.refusal))
    }
}

extension OrganizationCell.State {
    fileprivate mutating func undo(_ items: [Committer.Item]) {
        for item in items.reversed() {
            guard let event = item.event else { continue }
            organization.undo(event, inverse: item.inverse)
            if item.isCreation { isGone = true }
        }
    }
}
