import Intervals
import Testing
import Workload

@testable import Scheduling

struct ReceiptBookTests {
    private let key = ReceiptKey(actor: "desk", rpc: "Create", requestID: "1")
    private let receipt = Receipt(requestID: "1", fingerprint: 7, reply: [1, 2])
    private let start = Instant(milliseconds: 1_000_000)

    @Test("a receipt answers until its time is over, by comparison with the clock")
    func expiry() {
        var book = ReceiptBook()
        book.store(receipt, for: key, at: start)
        let end = start.adding(seconds: Limits.receiptSeconds)
        #expect(book.receipt(key, now: start) == receipt)
        #expect(book.receipt(key, now: Instant(milliseconds: end.milliseconds - 1)) == receipt)
        #expect(book.receipt(key, now: end) == nil)
    }

    @Test("actor, RPC and request id together name a call")
    func keys() {
        var book = ReceiptBook()
        book.store(receipt, for: key, at: start)
        for other in [
            ReceiptKey(actor: "web", rpc: "Create", requestID: "1"),
            ReceiptKey(actor: "desk", rpc: "Move", requestID: "1"),
            ReceiptKey(actor: "desk", rpc: "Create", requestID: "2"),
        ] {
            #expect(book.receipt(other, now: start) == nil)
        }
    }

    @Test("what is taken back does not answer, and what came before still does")
    func undo() {
        var book = ReceiptBook()
        let second = ReceiptKey(actor: "desk", rpc: "Create", requestID: "2")
        book.store(receipt, for: key, at: start)
        book.store(receipt, for: second, at: start)
        book.removeLast(second)
        #expect(book.receipt(second, now: start) == nil)
        #expect(book.receipt(key, now: start) == receipt)
        book.store(receipt, for: second, at: start)
        #expect(book.receipt(second, now: start) == receipt)
    }

    @Test("an id used again after its receipt expired answers with the new one")
    func reuse() {
        var book = ReceiptBook()
        book.store(receipt, for: key, at: start)
        let later = start.adding(seconds: Limits.receiptSeconds)
        let new = Receipt(requestID: "1", fingerprint: 8, reply: [3])
        book.store(new, for: key, at: later)
        #expect(book.receipt(key, now: later) == new)
        for number in 0..<20 {
            let other = ReceiptKey(actor: "desk", rpc: "Create", requestID: "n\(number)")
            book.store(receipt, for: other, at: later)
        }
        #expect(book.receipt(key, now: later) == new)
    }

    @Test("live receipts survive any amount of housekeeping")
    func housekeeping() {
        var book = ReceiptBook()
        let step: Int64 = 60
        let count = 10_000
        for number in 0..<count {
            book.store(
                receipt, for: ReceiptKey(actor: "a", rpc: "r", requestID: "\(number)"),
                at: start.adding(seconds: Int64(number) * step))
        }
        let now = start.adding(seconds: Int64(count - 1) * step)
        for number in 0..<count {
            let age = Int64(count - 1 - number) * step
            let found = book.receipt(
                ReceiptKey(actor: "a", rpc: "r", requestID: "\(number)"), now: now)
            #expect((found != nil) == (age < Limits.receiptSeconds))
        }
    }

    @Test("an applied event's receipt is found, and undoing the event takes it back")
    func throughEvents() throws {
        let profile = OrganizationProfile(id: Identifier(value: 1), version: 1, details: .init())
        var organization = Organization(profile: profile, zones: TimeZoneDatabase())
        let event = Event(
            position: 1, at: start, actor: "desk", rpc: "Create", writes: [], receipt: receipt)
        let inverse = organization.apply(event)
        #expect(organization.receipts.receipt(key, now: start) == receipt)
        organization.undo(event, inverse: inverse)
        #expect(organization.receipts.receipt(key, now: start) == nil)
        #expect(organization.position == 0)
    }
}
