internal import Scheduling
internal import SwiftProtobuf

// A record of any kind: what the journal's writes carry and what the tables' `record` columns hold.

extension StoredRecord {
    init(_ record: Record) {
        self.init()
        switch record {
        case .organization(let profile): organization = StoredOrganization(profile)
        case .location(let record): location = StoredLocation(record)
        case .provider(let record): provider = StoredProvider(record)
        case .service(let record): service = StoredService(record)
        case .procedureType(let record): procedureType = StoredProcedureType(record)
        case .patient(let record): patient = StoredPatient(record)
        case .booking(let record): booking = StoredBooking(record)
        case .hold(let record): hold = StoredHold(record)
        case .procedure(let record): procedure = StoredProcedure(record)
        case .attachment(let record): attachment = StoredAttachment(record)
        }
    }

    /// The bytes of a table's `record` column.
    var encoded: [UInt8] { encodedBytes(self) }

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
        case .organization(let stored): .organization(stored.profile())
        case .location(let stored): .location(try stored.location())
        case .provider(let stored): .provider(try stored.provider())
        case .service(let stored): .service(stored.service())
        case .procedureType(let stored): .procedureType(stored.type())
        case .patient(let stored): .patient(stored.patient())
        case .booking(let stored): .booking(try stored.booking())
        case .hold(let stored): .hold(try stored.hold())
        case .procedure(let stored): .procedure(try stored.procedure())
        case .attachment(let stored): .attachment(try stored.attachment())
        case nil: throw MalformedRecord("a record of no known kind")
        }
    }
}
