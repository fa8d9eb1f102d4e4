internal import GRPCWire
internal import HTTP2

/// Reads the header lists of one connection's requests.
///
/// Nearly every request of a connection repeats the fields of the one before. Fields of HPACK's
/// tables are recognized by identity and cost no parsing; a path that the client does not put into
/// the table (nghttp2's clients do not) is compared with the last one before it is looked up.
struct HeadReader: ~Copyable {
    private let table: ServiceTable
    private var memo = FieldMemo()
    private var meanings = [FieldMeaning](repeating: .ignored, count: FieldMemo.capacity)
    private var lastRoute = -1
    private var lastPath: [UInt8] = []

    init(table: ServiceTable) {
        self.table = table
    }

    mutating func read(_ block: ReceivedBlock, of session: borrowing Session) -> RequestHead {
        var head = RequestHead()
        for index in 0..<block.count {
            let field = session.field(index, of: block)
            if let place = memo.place(of: field) {
                head.take(meanings[place])
            } else if let meaning = parse(field, into: &head) {
                meanings[memo.remember(field)] = meaning
            }
        }
        return head
    }

    /// Reads a field that the memo does not know. Returns its meaning when it may be remembered.
    private mutating func parse(
        _ field: ReceivedField, into head: inout RequestHead
    ) -> FieldMeaning? {
        let meaning: FieldMeaning
        switch field.name.count {
        case 5 where Self.equal(field.name, ":path"):
            return parsePath(field.value, into: &head)
        case 7 where Self.equal(field.name, ":method"):
            meaning = .method(isPost: Self.equal(field.value, "POST"))
        case 12 where Self.equal(field.name, "content-type"):
            meaning = .contentType(isGRPC: ContentType.isGRPC(field.value.span))
        case 12 where Self.equal(field.name, "grpc-timeout"):
            // Different for nearly every call: remembering it would push out the others.
            head.timeout = GRPCTimeout.parse(field.value.span)
            head.timeoutIsMalformed = head.timeout == nil
            return nil
        case 13 where Self.equal(field.name, "grpc-encoding"):
            meaning = .encoding(Self.encoding(field.value))
        case 14 where Self.equal(field.name, "content-length"):
            return nil
        case 20 where Self.equal(field.name, "grpc-accept-encoding"):
            meaning = .accepts(gzip: Self.listContainsGzip(field.value))
        default:
            return parseMetadata(field, into: &head)
        }
        head.take(meaning)
        return meaning
    }

    private mutating func parsePath(
        _ value: UnsafeBufferPointer<UInt8>, into head: inout RequestHead
    ) -> FieldMeaning? {
        if lastPath.count == value.count, lastPath.elementsEqual(value) {
            head.route = lastRoute
            return .route(lastRoute)
        }
        switch table.lookUp(String(decoding: value, as: UTF8.self)) {
        case .success(let route):
            head.route = route
            lastRoute = route
            lastPath = Array(value)
            return .route(route)
        case .failure(let status):
            head.routeFailure = status
            return nil
        }
    }

    private func parseMetadata(
        _ field: ReceivedField, into head: inout RequestHead
    ) -> FieldMeaning? {
        let name = String(decoding: field.name, as: UTF8.self)
        guard !ReservedName.contains(name) else { return .ignored }
        guard name.hasSuffix("-bin") else {
            let text = String(decoding: field.value, as: UTF8.self)
            let meaning = FieldMeaning.metadata(.init(uncheckedKey: name, value: .text(text)))
            head.take(meaning)
            return meaning
        }
        guard let values = Base64.decodeList(field.value.span) else {
            head.binaryIsMalformed = true
            return nil
        }
        for value in values {
            head.metadata.append(Metadata.Entry(uncheckedKey: name, value: .binary(value)))
        }
        // One field may carry several values; only a single one can be remembered.
        guard values.count == 1 else { return nil }
        return .metadata(Metadata.Entry(uncheckedKey: name, value: .binary(values[0])))
    }

    private static func encoding(_ value: UnsafeBufferPointer<UInt8>) -> FieldMeaning.Encoding {
        if equal(value, "identity") { return .identity }
        if equal(value, "gzip") { return .gzip }
        return .unknown
    }

    private static func listContainsGzip(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        value.split(separator: 0x2C).contains { part in
            part.drop { $0 == 0x20 }.elementsEqual("gzip".utf8)
        }
    }

    private static func equal(_ bytes: UnsafeBufferPointer<UInt8>, _ text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        for index in 0..<bytes.count {
            // Static text lives for ever, and is as long as the bytes.
            if bytes[index] != text.utf8Start[index] { return false }
        }
        return true
    }
}
