internal import GRPCWire
internal import Gzip
internal import Logging
internal import NIOCore

/// What the connections of one event loop share: the list of those with something to write, the
/// deadlines, the codecs.
///
/// Owned by its event loop; nothing here is touched from another thread, which is what makes the
/// unchecked `Sendable` true.
final class LoopContext: @unchecked Sendable {
    let index: Int
    let eventLoop: any EventLoop
    let executor: LoopExecutor
    let limits: RPCLimits
    let table: ServiceTable
    let routes: [ServiceTable.Route]
    let logger: Logger

    /// Connections by place; a place is the owner number of its deadlines.
    private var places: [ServerConnection?] = []
    private var freePlaces: [Int32] = []
    private var dirty: [ServerConnection] = []
    private var isFlushScheduled = false
    private var isRunningJob = false
    private let turnEnded: (@Sendable () -> Void)?
    let callRefused: (@Sendable (RefusedCall) -> Void)?
    private var isTurnEndScheduled = false

    @exclusivity(unchecked) private var timers: TimerWheel
    private var wakeAt = UInt64.max
    private var due: [TimerWheel.Due] = []

    /// What a connection's frames are gathered in. One for all, so that a thousand idle connections
    /// do not keep a buffer each.
    @exclusivity(unchecked) private var output = ByteBuffer()
    private var deflater: Deflater?
    private var inflater: Inflater?

    /// Handlers of this loop that have not finished, those of cancelled calls included.
    @exclusivity(unchecked) var runningCallCount = 0
    var isDraining = false

    init(
        index: Int, eventLoop: any EventLoop, limits: RPCLimits, table: ServiceTable,
        logger: Logger, turnEnded: (@Sendable () -> Void)? = nil,
        callRefused: (@Sendable (RefusedCall) -> Void)? = nil
    ) {
        self.index = index
        self.eventLoop = eventLoop
        executor = LoopExecutor(eventLoop)
        self.limits = limits
        self.table = table
        routes = table.routes
        self.logger = logger
        self.turnEnded = turnEnded
        self.callRefused = callRefused
        timers = TimerWheel(now: eventLoop.now.uptimeNanoseconds)
    }

    // MARK: Output

    /// The buffer to gather frames in; whoever takes it before it is put back gets another one.
    func takeOutput() -> ByteBuffer {
        var taken = ByteBuffer()
        swap(&taken, &output)
        return taken
    }

    func putBack(_ buffer: ByteBuffer) {
        output = buffer
    }

    // MARK: Connections

    var connections: [ServerConnection] { places.compactMap { $0 } }

    func add(_ connection: ServerConnection) -> Int32 {
        if let place = freePlaces.popLast() {
            places[Int(place)] = connection
            return place
        }
        places.append(connection)
        return Int32(places.count - 1)
    }

    func remove(place: Int32) {
        places[Int(place)] = nil
        freePlaces.append(place)
    }

    // MARK: Flushing once per turn

    /// Remembers a connection with something to write. It is flushed when the running job ends, or
    /// else at the end of this turn of the loop.
    func markDirty(_ connection: ServerConnection) {
        dirty.append(connection)
        guard !isRunningJob, !isFlushScheduled else { return }
        isFlushScheduled = true
        eventLoop.execute { self.flushDirty() }
    }

    /// Runs a job on the loop and flushes every connection it answered on.
    func run(_ job: @Sendable () -> Void) {
        isRunningJob = true
        job()
        isRunningJob = false
        flushDirty()
    }

    private func flushDirty() {
        isFlushScheduled = false
        // A flush can make another connection dirty; that one waits for the next turn.
        let connections = dirty
        dirty.removeAll(keepingCapacity: true)
        for connection in connections { connection.flushIfDirty() }
    }

    /// Whether somebody hears of the ends of turns.
    var tellsTurns: Bool { turnEnded != nil }

    /// A handler parked a call: when all that this turn of the loop read has been handled, whoever
    /// wants to know hears of it.
    func didPark() {
        guard let turnEnded, !isTurnEndScheduled else { return }
        isTurnEndScheduled = true
        eventLoop.execute {
            self.isTurnEndScheduled = false
            turnEnded()
        }
    }

    // MARK: Deadlines

    func setDeadline(place: Int32, token: UInt64, at deadline: UInt64) -> TimerWheel.Handle {
        let handle = timers.set(.init(owner: place, token: token), at: deadline)
        if deadline < wakeAt { scheduleWake(at: deadline) }
        return handle
    }

    func cancelDeadline(_ handle: TimerWheel.Handle) {
        timers.cancel(handle)
    }

    private func scheduleWake(at time: UInt64) {
        // A wake that was scheduled later than this one finds nothing and schedules the next.
        let tick = TimerWheel.tickNanoseconds
        let rounded = (time / tick + 1) * tick
        wakeAt = rounded
        eventLoop.scheduleTask(deadline: .uptimeNanoseconds(rounded)) { self.wake(at: rounded) }
    }

    private func wake(at scheduled: UInt64) {
        guard scheduled == wakeAt else { return }
        wakeAt = .max
        let now = eventLoop.now.uptimeNanoseconds
        timers.advance(to: now, into: &due)
        let expired = due
        due.removeAll(keepingCapacity: true)
        for item in expired { places[Int(item.owner)]?.deadlinePassed(token: item.token) }
        if let next = timers.nextWake(), next < wakeAt { scheduleWake(at: next) }
    }

    // MARK: Codecs

    func compress(_ bytes: [UInt8]) -> [UInt8] {
        if deflater == nil { deflater = Deflater(level: 1) }
        return deflater!.compress(bytes)
    }

    func decompress(_ bytes: [UInt8], outputBytesMax: Int) throws(GzipError) -> [UInt8] {
        if inflater == nil { inflater = Inflater() }
        return try inflater!.decompress(bytes, outputBytesMax: outputBytesMax)
    }
}

/// Runs tasks on an event loop's thread, so that a stream's handler reads and writes its
/// connection without changing threads.
final class LoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        eventLoop.execute { job.runSynchronously(on: executor) }
    }
}
