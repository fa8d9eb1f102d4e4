internal import Engine
internal import SQLite
internal import Scheduling

/// A row of the journal as it stands in the file, copied out of it and not decoded yet.
struct StoredRow {
    var sequence: Int64
    /// The organization's id as text.
    var organization: String
    var position: Int64
    var milliseconds: Int64
    var actor: String
    var rpc: String
    var requestID: String?
    var payload: [UInt8]
    /// Nil in rows that are older than the chain. Of any length, if somebody wrote to the file.
    var hash: [UInt8]?

    /// The present row of a statement over `JournalStatements.row`.
    init(_ statement: borrowing Statement) {
        sequence = statement.integer(0)
        organization = statement.text(1)
        position = statement.integer(2)
        milliseconds = statement.integer(3)
        actor = statement.text(4)
        rpc = statement.text(5)
        requestID = statement.isNull(6) ? nil : statement.text(6)
        payload = statement.blob(7)
        hash = statement.isNull(8) ? nil : statement.blob(8)
    }

    /// What it says.
    func event() throws(MalformedRecord) -> Event {
        let stored = try StoredEntry(encoded: payload.span.bytes)
        var event = Event(
            position: position, at: Instant(milliseconds: milliseconds), actor: actor, rpc: rpc,
            writes: try stored.recordWrites(),
            receipt: try stored.eventReceipt(requestID: requestID))
        event.reason = stored.reason
        event.before = stored.versionsBefore
        return event
    }

    /// The link that it must have after `previous`.
    func link(after previous: ChainHash, _ chain: inout ChainLink) -> ChainHash {
        chain.hash(
            after: previous, organization: organization, position: position, at: milliseconds,
            actor: actor, rpc: rpc, requestID: requestID, payload: payload)
    }
}
