internal import ArgumentParser
internal import SlotdAPI
internal import SwiftProtobuf

/// `slotctl booking deposit`.
struct BookingDeposit: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "deposit", abstract: "Say what is paid ahead of a visit, or that it was paid.",
        discussion: """
            Amounts are in the currency's smallest unit: 5000 is fifty dollars. Once it was taken, \
            a deposit cannot be changed; it is given back by `booking cancel --refund`.


            """
                + examples(
                    "slotctl booking deposit sn02q 5000 USD",
                    "slotctl booking deposit sn02q 5000 USD --paid"))

    @OptionGroup(visibility: .hidden) var global: GlobalOptions
    @Argument(help: "Its id, ref:REFERENCE, or the end of the id as the board shows it.")
    var booking: String
    @Argument(help: "How much, in cents or the like; 0: none.") var amount: Int64
    @Argument(help: "Three capital letters, as in USD.") var currency: String
    @Flag(help: "It was taken.") var paid = false
    @OptionGroup var request: RequestOptions
    @OptionGroup var version: VersionOptions

    func run(_ session: Session) async throws(CommandFailure) {
        let bookingID = try await session.bookingID(booking)
        let id = request.make(session)
        let reply = try await session.api.call(
            Methods.BookingService.setDeposit,
            .with {
                $0.requestID = id
                $0.expectedVersion = version.expected
                $0.bookingID = bookingID
                $0.amount.minor = amount
                $0.amount.currency = currency
                $0.paid = paid
            })
        session.noteReplay(reply.replayed)
        try await session.show(reply.booking, reply: reply)
    }
}
