internal import GRPCWire
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// Records that clients create and replace as a whole are served in one way, whatever their kind:
// create, get, list and update. A kind says what its messages are called; nothing else is its own,
// except which rows a list shows.

/// A record as the API shows it.
protocol RecordMessage: Message {
    associatedtype Row: DetailedRecord where Row.Details: MessageDetails<Self>

    /// What requests call it, as in the field path `location.name`.
    static var field: String { get }
    var id: String { get }
    var version: Int64 { get }

    init(_ record: Row)
}

/// What a client gives of a record, read from the record's message.
protocol MessageDetails<Source>: RecordDetails {
    associatedtype Source

    /// Checks every field; names are resolved in the organization.
    init(_ message: Source, in organization: Organization) throws(Rejection)
}

/// Asks for one record.
protocol RecordRequest: Message {
    /// The id, or `ref:` and the external_ref.
    var id: String { get }
}

/// Asks to replace a record.
protocol UpdateRequest: MutationRequest {
    var expectedVersion: Int64 { get }
}

/// A reply that says of which journal position it is.
protocol RevisionedReply: Message {
    var revision: Int64 { get set }
}

/// A page of a list.
protocol PageReply: RevisionedReply {
    var nextPageToken: String { get set }
}

extension Services {
    /// Registers the method that creates records of a kind.
    ///
    /// - Parameters:
    ///   - given: the field of the request that holds the record.
    ///   - shown: the field of the reply that holds it as stored.
    func create<Request: MutationRequest, Response: RevisionedReply, Shown: RecordMessage>(
        _ method: Method<Request, Response>, _ given: KeyPath<Request, Shown> & Sendable,
        reply shown: WritableKeyPath<Response, Shown> & Sendable, in table: inout ServiceTable
    ) {
        mutation(method, in: &table) { request, organization, _ throws(Rejection) in
            let message = request[keyPath: given]
            try checkNew(message.id, message.version, Shown.field)
            return CreateRecord<Shown.Row>(try Shown.Row.Details(message, in: organization))
        } reply: { record, organization in
            .showing(Shown(record), in: shown, of: organization)
        }
    }

    /// Registers the method that returns one record of a kind.
    func get<Request: RecordRequest, Response: RevisionedReply, Shown: RecordMessage>(
        _ method: Method<Request, Response>,
        reply shown: WritableKeyPath<Response, Shown> & Sendable, in table: inout ServiceTable
    ) {
        query(method, in: &table) { request, organization, _ throws(Rejection) in
            let row: Shown.Row = try record(request.id, in: organization)
            return .showing(Shown(row), in: shown, of: organization)
        }
    }

    /// Registers the method that lists records of a kind, in order of id.
    ///
    /// - Parameter filter: reads the request's conditions and returns the one that rows must meet.
    func list<Request: PagedRequest, Response: PageReply, Shown: RecordMessage>(
        _ method: Method<Request, Response>,
        reply shown: WritableKeyPath<Response, [Shown]> & Sendable, in table: inout ServiceTable,
        where filter:
            @escaping @Sendable (Request, Organization) throws(Rejection) -> (Shown.Row) -> Bool
    ) {
        query(method, in: &table) { request, organization, _ throws(Rejection) in
            try page(
                request, in: shown, of: organization, where: try filter(request, organization))
        }
    }

    /// Registers the method that replaces records of a kind.
    func update<Request: UpdateRequest, Response: RevisionedReply, Shown: RecordMessage>(
        _ method: Method<Request, Response>, _ given: KeyPath<Request, Shown> & Sendable,
        reply shown: WritableKeyPath<Response, Shown> & Sendable, in table: inout ServiceTable
    ) {
        mutation(method, in: &table) { request, organization, _ throws(Rejection) in
            let message = request[keyPath: given]
            return UpdateRecord<Shown.Row>(
                try identifier(message.id, "\(Shown.field).id", Shown.Row.kind, in: organization),
                expectedVersion: try expected(request.expectedVersion),
                details: try Shown.Row.Details(message, in: organization))
        } reply: { record, organization in
            .showing(Shown(record), in: shown, of: organization)
        }
    }
}

extension RevisionedReply {
    fileprivate static func showing<Shown>(
        _ record: Shown, in field: WritableKeyPath<Self, Shown>, of organization: Organization
    ) -> Self {
        var reply = Self()
        reply[keyPath: field] = record
        reply.revision = organization.position
        return reply
    }
}

/// The page that a request asks for, of the rows that are accepted, in order of id.
func page<Reply: PageReply, Shown: RecordMessage>(
    _ request: some PagedRequest, in shown: WritableKeyPath<Reply, [Shown]>,
    of organization: Organization, where accept: (Shown.Row) -> Bool
) throws(Rejection) -> Reply {
    let page = organization.list(
        Shown.Row.self, after: try request.after(), limit: try request.limit(), where: accept)
    var reply = Reply()
    reply[keyPath: shown] = page.rows.map { Shown($0) }
    reply.nextPageToken = request.token(after: page.next)
    reply.revision = organization.position
    return reply
}

/// A record by id or `ref:` and its external_ref.
func record<Row: DetailedRecord>(
    _ name: String, field: String = "id", in organization: Organization
) throws(Rejection) -> Row {
    let id: Identifier<Row> = try identifier(name, field, Row.kind, in: organization)
    guard let row = organization[keyPath: Row.table][id] else {
        throw .unknown(Row.idPrefix, name, field: field)
    }
    return row
}

/// As `record`, or nil when the field is empty.
func optionalRecord<Row: DetailedRecord>(
    _ name: String, field: String, in organization: Organization
) throws(Rejection) -> Row? {
    name.isEmpty ? nil : try record(name, field: field, in: organization)
}

/// A new record brings neither id nor version.
func checkNew(_ id: String, _ version: Int64, _ field: String) throws(Rejection) {
    guard id.isEmpty else { throw .invalid("\(field).id", "is set by the server") }
    guard version == 0 else { throw .invalid("\(field).version", "is set by the server") }
}

/// An expected version: 0 expects any.
func expected(_ version: Int64, _ field: String = "expected_version") throws(Rejection) -> Int64 {
    try number(version, field, 0...Int64.max)
}
