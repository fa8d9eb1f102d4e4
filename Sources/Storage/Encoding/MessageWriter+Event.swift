internal import Scheduling
internal import WireFormat

// Events and records of any kind, as slotd/journal/v1/journal.proto has them.

extension MessageWriter {
    /// An event's payload: what does not stand in the columns of its row.
    mutating func write(_ event: Event) {
        for (index, write) in event.writes.enumerated() {
            message(1) { writer in
                switch write {
                case .put(let record): writer.message(1) { $0.write(record) }
                case .remove(let key):
                    writer.message(2) { writer in
                        writer.integer(1, key.kind.rawValue)
                        writer.id(2, key.id)
                    }
                }
                if index < event.before.count { writer.integer(70, event.before[index]) }
            }
        }
        if let receipt = event.receipt {
            message(2) { writer in
                writer.fixed64(1, receipt.fingerprint)
                writer.blob(2, receipt.reply)
            }
        }
        text(70, event.reason)
    }

    /// A record, as the field that its kind has in the message of any record.
    mutating func write(_ record: Record) {
        message(UInt32(record.key.kind.rawValue)) { writer in
            switch record {
            case .organization(let record): writer.write(record)
            case .location(let record): writer.write(record)
            case .provider(let record): writer.write(record)
            case .service(let record): writer.write(record)
            case .procedureType(let record): writer.write(record)
            case .patient(let record): writer.write(record)
            case .booking(let record): writer.write(record)
            case .hold(let record): writer.write(record)
            case .procedure(let record): writer.write(record)
            case .attachment(let record): writer.write(record)
            case .resource(let record): writer.write(record)
            case .charge(let record): writer.write(record)
            case .waitlistEntry(let record): writer.write(record)
            }
        }
    }

    /// Who did what, when and why: the form of cancellations and detachments.
    mutating func note(_ field: UInt32, actor: String, at: Instant, reason: String) {
        message(field) { writer in
            writer.text(1, actor)
            writer.signed(2, at.milliseconds)
            writer.text(3, reason)
        }
    }
}

extension Record {
    /// The bytes of a table's `record` column.
    var encoded: [UInt8] {
        var writer = MessageWriter()
        writer.write(self)
        return writer.bytes
    }
}
