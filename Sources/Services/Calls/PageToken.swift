internal import GRPCWire
internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// Pages of lists. A token is opaque to clients: in base 64 the numbers and texts of the place where
// the next page begins, and a hash of the question, so that it goes on with that question alone. It
// need not resist an attacker, who sees no row with it that he could not ask for.

/// How many rows of a list are asked for.
func rowCount(_ pageSize: Int32, most: Int32 = 1000, usual: Int32 = 100) throws(Rejection) -> Int {
    Int(pageSize == 0 ? usual : try number(pageSize, "page_size", 1...most))
}

extension PagedRequest {
    /// How many rows the page has.
    func limit(most: Int32 = 1000, usual: Int32 = 100) throws(Rejection) -> Int {
        try rowCount(pageSize, most: most, usual: usual)
    }

    /// The token of the page that begins at a place.
    func token(for place: [String]) -> String {
        let parts = place + [String(question, radix: 36)]
        let text = Array(parts.joined(separator: "\u{1f}").utf8)
        return String(decoding: Base64.encode(text), as: UTF8.self)
    }

    /// The place at which the page begins, of so many parts; nil: at the beginning. Refuses a token
    /// of another question; another size of the page is the same one.
    func place(parts count: Int) throws(Rejection) -> [String]? {
        guard !pageToken.isEmpty else { return nil }
        let bytes = pageToken.utf8.count <= 1024 ? Base64.decode(Array(pageToken.utf8).span) : nil
        var parts =
            bytes.flatMap { String(validating: $0, as: UTF8.self) }?
            .split(separator: "\u{1f}", omittingEmptySubsequences: false).map(String.init) ?? []
        guard let hash = parts.popLast().flatMap({ UInt64($0, radix: 36) }) else {
            throw .unknownPage
        }
        guard hash == question else {
            throw .invalid("page_token", "is of another question")
        }
        guard parts.count == count else { throw .unknownPage }
        return parts
    }

    /// Which list is asked for, and of what: the request without its page. Made only where there is
    /// a token to read or to write: hashing was one in twenty-five of what a search costs.
    private var question: UInt64 {
        var question = self
        question.pageToken = ""
        question.pageSize = 0
        return fingerprint(Array(Self.protoMessageName.utf8) + encoded(question))
    }
}

extension Rejection {
    /// A token that no page ended with.
    static var unknownPage: Rejection {
        .invalid("page_token", "is not one that this list gave")
    }
}

// Two kinds of places serve nearly all lists: a record, and a booking by its start.

extension PagedRequest {
    /// The record after which the page begins.
    func after<Row>() throws(Rejection) -> Identifier<Row>? {
        guard let parts = try place(parts: 1) else { return nil }
        guard let id = Identifier<Row>(parts[0]) else { throw .unknownPage }
        return id
    }

    /// The token of the page after a record; empty for no record: there is no such page.
    func token<Row>(after id: Identifier<Row>?) -> String {
        id.map { token(for: [$0.description]) } ?? ""
    }

    /// The booking after which the page begins.
    func afterBooking() throws(Rejection) -> BookingKey? {
        guard let parts = try place(parts: 2) else { return nil }
        guard let start = Int32(parts[0]), let id = Identifier<Booking>(parts[1]) else {
            throw .unknownPage
        }
        return BookingKey(start: Minute(sinceEpoch: start), id: id)
    }

    /// The token of the page after a booking; empty for no booking: there is no such page.
    func token(after key: BookingKey?) -> String {
        key.map { token(for: [String($0.start.sinceEpoch), $0.id.description]) } ?? ""
    }
}
