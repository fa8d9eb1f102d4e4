internal import Engine
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

extension Slotd_V1_TrailEvent {
    /// An entry without the fields of what it changed.
    init(_ entry: TrailEntry) {
        let event = entry.event
        self.init()
        revision = event.position
        at = Google_Protobuf_Timestamp(event.at)
        actor = event.actor
        rpc = event.rpc
        requestID = event.receipt?.requestID ?? ""
        reason = event.reason
        changes = event.writes.indices.map { Slotd_V1_RecordChange(event, $0) }
        if let link = entry.link { linkBytes = link.bytes }
    }
}

extension Slotd_V1_RecordChange {
    fileprivate init(_ event: Event, _ index: Int) {
        let write = event.writes[index]
        self.init()
        kind = write.key.kind.idPrefix
        recordID = write.key.idText
        beforeVersion = event.versionBefore(index)
        switch write {
        case .put(.hold), .put(.attachment): break
        case .put(let record): afterVersion = record.version
        case .remove: removed = true
        }
    }
}

extension Event {
    /// The writes that belong to a record's own history: those of the record, and those of its
    /// attachments.
    func indices(about id: UInt128) -> [Int] {
        writes.indices.filter { index in
            if writes[index].key.id == id { return true }
            guard case .put(.attachment(let row)) = writes[index] else { return false }
            return row.booking.value == id || row.procedure.value == id
        }
    }
}
