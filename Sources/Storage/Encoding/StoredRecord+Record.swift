internal import Scheduling
internal import SwiftProtobuf

// Reads a record of any kind: what the journal's writes carry and what the tables' `record` columns
// hold.

extension StoredRecord {
    /// Reads a table's `record` column; never traps, whatever the bytes are.
    init(encoded bytes: RawSpan) throws(MalformedRecord) {
        do { try self.init(serializedBytes: bytes) } catch {
            throw MalformedRecord("not a protobuf message: \(error)")
        }
    }

    /// The record, which has an id; references to others may point anywhere.
    func record() throws(MalformedRecord) -> Record {
        let record = try recordOfAnyID()
        guard record.key.id != 0 else { throw MalformedRecord("a record without an id") }
        return record
    }

    private func recordOfAnyID() throws(MalformedRecord) -> Record {
        switch kind {
        case .organization(let stored): .organization(try stored.profile())
        case .location(let stored): .location(try stored.location())
        case .provider(let stored): .provider(try stored.provider())
        case .service(let stored): .service(try stored.service())
        case .procedureType(let stored): .procedureType(stored.type())
        case .patient(let stored): .patient(stored.patient())
        case .booking(let stored): .booking(try stored.booking())
        case .hold(let stored): .hold(try stored.hold())
        case .procedure(let stored): .procedure(try stored.procedure())
        case .attachment(let stored): .attachment(try stored.attachment())
        case .resource(let stored): .resource(try stored.resource())
        case .charge(let stored): .charge(try stored.charge())
        case .waitlistEntry(let stored): .waitlistEntry(try stored.entry())
        case nil: throw MalformedRecord("a record of no known kind")
        }
    }
}
