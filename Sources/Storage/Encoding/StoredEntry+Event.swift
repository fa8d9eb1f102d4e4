internal import Scheduling
internal import SwiftProtobuf

// An event's payload: what does not stand in the columns of its row.

extension StoredEntry {
    init(_ event: Event) {
        self.init()
        writes = event.writes.map(StoredWrite.init)
        if let receipt = event.receipt {
            self.receipt.fingerprint = receipt.fingerprint
            self.receipt.reply = storedBytes(receipt.reply)
        }
    }

    /// The bytes of the row's payload.
    var encoded: [UInt8] { encodedBytes(self) }

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
    init(_ write: RecordWrite) {
        self.init()
        switch write {
        case .put(let record):
            put = StoredRecord(record)
        case .remove(let key):
            remove.kind = UInt32(key.kind.rawValue)
            remove.id = StoredId(key.id)
        }
    }

    func recordWrite() throws(MalformedRecord) -> RecordWrite {
        switch change {
        case .put(let record): return .put(try record.record())
        case .remove(let key):
            return .remove(RecordKey(kind: try RecordKind(stored: key.kind), id: key.id.value))
        case nil: throw MalformedRecord("a write that is neither put nor remove")
        }
    }
}

/// Encoding our own messages cannot fail: no field is required, and none holds invalid text.
func encodedBytes(_ message: some Message) -> [UInt8] {
    do { return try message.serializedBytes() } catch {
        preconditionFailure("a record that cannot be encoded: \(error)")
    }
}
