internal import Scheduling
internal import SwiftProtobuf

// Reads an event's payload: what does not stand in the columns of its row.

extension StoredEntry {
    /// Reads a row's payload; never traps, whatever the bytes are.
    init(encoded bytes: RawSpan) throws(MalformedRecord) {
        do { try self.init(serializedBytes: bytes) } catch {
            throw MalformedRecord("not a protobuf message: \(error)")
        }
    }

    /// The changes, in order.
    func recordWrites() throws(MalformedRecord) -> [RecordWrite] {
        try writes.mapped { write throws(MalformedRecord) in try write.recordWrite() }
    }

    /// The versions before the changes; empty when none is known.
    var versionsBefore: [Int64] {
        writes.contains { $0.beforeVersion != 0 } ? writes.map(\.beforeVersion) : []
    }

    /// The receipt, which has its request id from the row; nil for a call that named none.
    func eventReceipt(requestID: String?) throws(MalformedRecord) -> Receipt? {
        guard (requestID != nil) == hasReceipt else {
            throw MalformedRecord("request_id and receipt go together")
        }
        guard let requestID else { return nil }
        return Receipt(
            requestID: requestID, fingerprint: receipt.fingerprint, reply: [UInt8](receipt.reply))
    }
}

extension StoredWrite {
    func recordWrite() throws(MalformedRecord) -> RecordWrite {
        switch change {
        case .put(let record): return .put(try record.record())
        case .remove(let key):
            return .remove(RecordKey(kind: try RecordKind(stored: key.kind), id: key.id.value))
        case nil: throw MalformedRecord("a write that is neither put nor remove")
        }
    }
}
