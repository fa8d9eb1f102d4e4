/// All records of one kind: by id, and in order of id.
public struct Table<Row: Identified>: Sendable {
    private var rows: [Identifier<Row>: Row] = [:]
    private var order = OrderedIndex<Identifier<Row>>()

    /// The empty table.
    public init() {}

    /// How many records there are.
    public var count: Int { rows.count }

    /// The record with this id.
    public subscript(id: Identifier<Row>) -> Row? { rows[id] }

    /// Stores a record and returns the one that it replaces.
    mutating func put(_ row: Row, id: Identifier<Row>) -> Row? {
        let old = rows.updateValue(row, forKey: id)
        if old == nil { order.insert(id) }
        return old
    }

    /// Removes a record and returns it.
    mutating func remove(_ id: Identifier<Row>) -> Row? {
        let old = rows.removeValue(forKey: id)
        if old != nil { order.remove(id) }
        return old
    }

    /// Visits records in order of id, from the first after `after`, until the body returns false.
    public func forEach(after: Identifier<Row>? = nil, _ body: (Row) -> Bool) {
        order.forEach(from: after) { id in
            guard id != after, let row = rows[id] else { return true }
            return body(row)
        }
    }
}
