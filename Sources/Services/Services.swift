public import Engine
public import GRPCWire
public import Intervals
internal import Scheduling
internal import SlotdAPI

/// The API's services, bound to an engine: each RPC turns its message into a command or a query,
/// and the outcome into a reply.
public struct Services: Sendable {
    let engine: Engine
    let zones: TimeZoneDatabase
    /// Nanoseconds of the clock that calls' deadlines are given in.
    let monotonic: @Sendable () -> UInt64
    private let accessLog: AccessLog?

    /// - Parameters:
    ///   - zones: where a new organization looks its time zones up.
    ///   - monotonic: nanoseconds of the clock that `CallContext.deadline` is given in.
    ///   - accessLog: is told of calls; none costs nothing.
    public init(
        engine: Engine, zones: TimeZoneDatabase, monotonic: @escaping @Sendable () -> UInt64,
        accessLog: AccessLog? = nil
    ) {
        self.engine = engine
        self.zones = zones
        self.monotonic = monotonic
        self.accessLog = accessLog
    }

    /// What the engine's clock reads.
    var now: Instant { engine.now }

    /// Adds every method of the API to a routing table.
    public func register(in table: inout ServiceTable) {
        guard let accessLog else { return registerAll(in: &table) }
        var served = ServiceTable()
        registerAll(in: &served)
        register(served.routes, toldTo: accessLog, in: &table)
    }

    /// What tells the access log of calls that fail before a handler sees them; nil without a log.
    public var callRefused: (@Sendable (RefusedCall) -> Void)? {
        guard let accessLog else { return nil }
        return { refused in tell(refused, to: accessLog) }
    }

    private func registerAll(in table: inout ServiceTable) {
        registerAdmin(in: &table)
        registerClock(in: &table)
        registerTrail(in: &table)
        registerCatalog(in: &table)
        registerSchedules(in: &table)
        registerPatients(in: &table)
        registerAvailability(in: &table)
        registerBookings(in: &table)
        registerWaitlist(in: &table)
        registerBoard(in: &table)
        registerProcedures(in: &table)
        registerBilling(in: &table)
        registerImport(in: &table)
        registerWatches(in: &table)
        registerRecordExport(in: &table)
    }
}
