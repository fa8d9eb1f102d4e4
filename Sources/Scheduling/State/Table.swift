/// A record as its table keeps it: replaced, never changed, so that many may look at one copy.
///
/// A catalog record has a dozen references inside. What works with records for the length of a
/// call holds on to this one instead of counting all of those up and down again.
final class Stored<Row: Identified>: Sendable {
    let record: Row

    init(_ record: Row) {
        self.record = record
    }
}

/// All records of one kind: by id, and in order of id.
public struct Table<Row: Identified>: Sendable {
    private var rows: [Identifier<Row>: Stored<Row>] = [:]
    private var order = OrderedIndex<Identifier<Row>>()

    /// The empty table.
    public init() {}

    /// How many records there are.
    public var count: Int { rows.count }

    /// The record with this id.
    public subscript(id: Identifier<Row>) -> Row? { rows[id]?.record }

    /// There is a record with this id.
    func contains(_ id: Identifier<Row>) -> Bool { rows[id] != nil }

    /// The same, not copied.
    func stored(_ id: Identifier<Row>) -> Stored<Row>? { rows[id] }

    /// Stores a record and returns the one that it replaces.
    mutating func put(_ row: Row, id: Identifier<Row>) -> Row? {
        let old = rows.updateValue(Stored(row), forKey: id)
        if old == nil { order.insert(id) }
        return old?.record
    }

    /// Removes a record and returns it.
    mutating func remove(_ id: Identifier<Row>) -> Row? {
        let old = rows.removeValue(forKey: id)
        if old != nil { order.remove(id) }
        return old?.record
    }

    /// Visits records in order of id, from the first after `after`, until the body returns false.
    public func forEach(after: Identifier<Row>? = nil, _ body: (Row) -> Bool) {
        order.forEach(from: after) { id in
            guard id != after, let row = rows[id] else { return true }
            return body(row.record)
        }
    }
}
