/// The core's bounds. What the API promises in its comments stands here once.
public enum Limits {
    /// Entries of a booking's stage history.
    public static let stageHistory = 64
    /// Days between the ends of a search window.
    public static let windowDays: Int32 = 400
    /// Seconds that a hold lives: the range and what is taken without a wish.
    public static let holdSeconds: ClosedRange<Int32> = 15...1800
    /// Seconds that a hold lives when the caller names none.
    public static let holdSecondsDefault: Int32 = 300
    /// Minutes that an imported booking may last, as long as the longest service: its hours are
    /// looked up day by day.
    public static let importedMinutes: Int32 = 525_600
    /// Seconds that a hold lives at most, renewals included.
    public static let holdLifetimeSeconds: Int64 = 1800
    /// Seconds that an offer to the waitlist is held: the range and what is taken without a wish.
    public static let offerSeconds: ClosedRange<Int32> = 60...86_400
    /// Seconds that an offer is held when nobody names any.
    public static let offerSecondsDefault: Int32 = 900
    /// Declined starts that a waitlist entry remembers.
    public static let declinedStarts = 32
    /// Looks at all rules for one start and provider, of one call that explains a window: about a
    /// tenth of a second.
    public static let explainedVerdicts = 50_000
    /// Segments of one visit.
    public static let segments = 16
    /// Bookings of one group.
    public static let groupMembers = 32
    /// Live holds of one owner.
    public static let holdsPerOwner = 32
    /// Bytes of one step's payload.
    public static let stepPayload = 65_536
    /// Bytes of all payloads of a procedure.
    public static let procedurePayload = 262_144
    /// Smallest units of a currency that an amount may have.
    public static let amountMinor: Int64 = 1_000_000_000_000
    /// Bookings that a search by text looks at for one page.
    public static let textSearched = 20_000
    /// Bookings that one command moves.
    public static let movesAtOnce = 100
    /// Records that follow a patient who is merged, in one event: some megabytes.
    public static let mergedRecords = 10_000
    /// Days back that the sweep looks for visits that were missed: what is older, such as an
    /// import, is left to people.
    public static let sweepDays: Int32 = 7
    /// Bookings that one sweep moves.
    public static let sweptAtOnce = 256
    /// How long a receipt answers a repeated call.
    public static let receiptSeconds: Int64 = 72 * 3600
}
