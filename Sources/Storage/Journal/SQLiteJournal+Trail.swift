public import Engine
internal import Glibc
internal import SQLite
public import Scheduling
internal import Synchronization

/// Reading back, while commits go on.
///
/// The journal's file has one connection, the appender's, so reads take turns with commits: a turn
/// copies a few rows and decodes none, and between two turns the rows of the last one are worked
/// on. Where to look says the index in the tables, whose thread is asked for it.
extension SQLiteJournal: Trail {
    /// Rows of a turn, and how long one may last before it gives way to a commit.
    private static let rowsOfTurn = 64
    private static let millisecondsOfTurn: Int64 = 2
    /// Numbers that the index is asked for at once.
    private static let sequencesAtOnce = 256

    /// Where the index lacks the window's end, it is written up first: then this costs a
    /// transaction on the tables. Throws when a file cannot be read, or an entry of it is none.
    public func page(
        of organization: Identifier<OrganizationProfile>, _ window: TrailWindow,
        where accept: (TrailHead) -> Bool
    ) throws(TrailError) -> TrailPage {
        var window = window
        var page = TrailPage(entries: [], next: nil)
        var looked = 0
        let name = organization.description
        while true {
            // One more than may be looked at tells whether there is more.
            let wanted = min(Self.sequencesAtOnce, window.readMax - looked + 1)
            let sequences = try sequences(of: organization, window, limit: wanted)
            for turn in stride(from: 0, to: sequences.count, by: Self.rowsOfTurn) {
                let part = sequences[turn..<min(turn + Self.rowsOfTurn, sequences.count)]
                for row in try rows(part) {
                    // A record is one organization's alone: of another's nothing is shown, and
                    // looking on would find the same entries again and again.
                    guard row.organization == name else { return page }
                    if looked == window.readMax || page.entries.count == window.limit {
                        page.next = row.position
                        return page
                    }
                    looked += 1
                    if accept(row.head) { page.entries.append(try row.trailEntry()) }
                    let next = row.position + (window.newestFirst ? -1 : 1)
                    guard window.positions.contains(next) else { return page }
                    window.positions =
                        window.newestFirst
                        ? window.positions.lowerBound...next : next...window.positions.upperBound
                }
            }
            if sequences.count < wanted { return page }
        }
    }

    /// Reads the whole journal and checks an organization's chain up to a position: that each link
    /// follows from the one before it, and that it leads through the anchors. At most `findingsMax`
    /// findings; costs a pass over all entries, in turns between which commits go on.
    public func check(
        _ organization: Identifier<OrganizationProfile>, through position: Int64,
        anchors: [ChainAnchor], findingsMax: Int
    ) throws(TrailError) -> ChainReport {
        var chain = ChainFollower(
            organization.description, anchors: anchors, findingsMax: findingsMax)
        var sequence: Int64 = 0
        while chain.position < position {
            let turn = try turn(after: sequence, of: organization.description)
            for row in turn.rows where row.position <= position { chain.take(row) }
            guard let last = turn.last else { break }
            sequence = last
        }
        return chain.report(through: position)
    }

    /// Where the window's entries stand. Not from the index alone when it is behind.
    private func sequences(
        of organization: Identifier<OrganizationProfile>, _ window: TrailWindow, limit: Int
    ) throws(TrailError) -> [Int64] {
        for attempt in 0...1 {
            do {
                let found = try tables.read { reader throws(SQLiteError) in
                    try reader.sequences(of: organization, window, limit: limit)
                }
                if let found { return found }
                if attempt == 0 { try tables.flush() }
            } catch { throw TrailError(error.description) }
        }
        throw TrailError(
            "revisions up to \(window.positions.upperBound) are not in the tables' index")
    }

    /// Copies rows out of the file, in turns.
    private func rows(_ sequences: ArraySlice<Int64>) throws(TrailError) -> [StoredRow] {
        var rows: [StoredRow] = []
        var rest = sequences
        while !rest.isEmpty {
            let end = monotonicMilliseconds() + Self.millisecondsOfTurn
            let result = reading { appender throws(SQLiteError) in
                while let sequence = rest.first {
                    rest = rest.dropFirst()
                    if let row = try appender.row(sequence) { rows.append(row) }
                    if monotonicMilliseconds() >= end { break }
                }
            }
            try result.get()
            giveWay()
        }
        return rows
    }

    /// The organization's rows among the next of the file, and the number of the last of all of
    /// these; nil at the file's end.
    private func turn(
        after sequence: Int64, of organization: String
    ) throws(TrailError) -> (rows: [StoredRow], last: Int64?) {
        let result = reading { appender throws(SQLiteError) in
            let last = min(
                appender.lastSequence, sequence + Int64(Self.sequencesAtOnce))
            let rows = try appender.rows(after: sequence, through: last, of: organization)
            return (rows: rows, last: last > sequence ? last : nil)
        }
        giveWay()
        return try result.get()
    }

    private func reading<Value>(
        _ body: (Appender) throws(SQLiteError) -> Value
    ) -> Result<Value, TrailError> {
        appender.withLock { appender in
            guard let appender else { return .failure(TrailError("the journal is closed")) }
            do throws(SQLiteError) { return .success(try body(appender)) } catch {
                return .failure(TrailError("\(error)"))
            }
        }
    }

    /// Lets a commit that waits for the lock have it: a mutex goes to whoever comes first, and one
    /// who has just let go of it would.
    private func giveWay() {
        while commitsWaiting.load(ordering: .acquiring) > 0 { sched_yield() }
    }
}

extension StoredRow {
    fileprivate var head: TrailHead {
        TrailHead(
            position: position, at: Instant(milliseconds: milliseconds), actor: actor, rpc: rpc,
            requestID: requestID)
    }

    fileprivate func trailEntry() throws(TrailError) -> TrailEntry {
        do {
            return TrailEntry(event: try event(), link: hash.flatMap { ChainHash($0) })
        } catch {
            throw TrailError("revision \(position) cannot be read: \(error.reason)")
        }
    }
}
