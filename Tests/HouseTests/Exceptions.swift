/// How often a file may break a rule that is counted. The lists may only shrink: a file that is not
/// here may not break it at all, and a test fails while a number is higher than it needs to be.
enum Exceptions {
    /// Public declarations without a doc comment.
    static let undocumented: [String: Int] = [
        "Sources/Scheduling/Commands/AttachBooking.swift": 13,
        "Sources/Scheduling/Commands/Attaching.swift": 3,
        "Sources/Scheduling/Commands/CatalogCommands.swift": 15,
        "Sources/Scheduling/Commands/Command.swift": 2,
        "Sources/Scheduling/Commands/CreateBooking.swift": 15,
        "Sources/Scheduling/Commands/FillProcedure.swift": 20,
        "Sources/Scheduling/Commands/Holds.swift": 5,
        "Sources/Scheduling/Commands/RescheduleBooking.swift": 5,
        "Sources/Scheduling/Commands/StartProcedure.swift": 13,
        "Sources/Scheduling/Queries/Board.swift": 2,
        "Sources/Scheduling/Queries/ListQueries.swift": 7,
        "Sources/Scheduling/Records/Booking.swift": 22,
        "Sources/Scheduling/Records/Catalog+Checks.swift": 20,
        "Sources/Scheduling/Records/Catalog.swift": 68,
        "Sources/Scheduling/Records/Event.swift": 2,
        "Sources/Scheduling/Records/Procedure.swift": 29,
        "Sources/Scheduling/Records/Record.swift": 3,
        "Sources/Scheduling/State/Organization.swift": 15,
        "Sources/Scheduling/State/ReceiptBook.swift": 4,
    ]

    /// Functions of more than 60 lines.
    static let overlong: [String: Int] = [
        "Sources/Scheduling/Commands/ImportProcedure.swift": 1
    ]

    /// Lines of more than 100 columns.
    static let wide: [String: Int] = [
        "Sources/slotctl/Commands/Demo/DemoCommand.swift": 1
    ]
}
