import Engine
import Scheduling

/// Reads back from memory: the plain twin of the storage's reader.
extension SteeredJournal: Trail {
    func page(
        of organization: Identifier<OrganizationProfile>, _ window: TrailWindow,
        where accept: (TrailHead) -> Bool
    ) throws(TrailError) -> TrailPage {
        var events = durable.filter { $0.organization == organization }.map(\.event)
            .filter { event in
                window.positions.contains(event.position)
                    && (window.about.map { event.subjects.contains($0) } ?? true)
            }
        if window.newestFirst { events.reverse() }
        var page = TrailPage(entries: [], next: nil)
        for (looked, event) in events.enumerated() {
            if looked == window.readMax || page.entries.count == window.limit {
                page.next = event.position
                break
            }
            let head = TrailHead(
                position: event.position, at: event.at, actor: event.actor, rpc: event.rpc,
                requestID: event.receipt?.requestID)
            if accept(head) { page.entries.append(TrailEntry(event: event, link: nil)) }
        }
        return page
    }

    func check(
        _ organization: Identifier<OrganizationProfile>, through position: Int64,
        anchors: [ChainAnchor], findingsMax: Int
    ) throws(TrailError) -> ChainReport {
        ChainReport(
            findings: [],
            count: Int64(durable.count { $0.organization == organization }), anchor: nil)
    }
}
