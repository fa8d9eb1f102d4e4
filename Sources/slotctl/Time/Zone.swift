internal import Foundation
internal import Intervals

/// What a clock on the wall shows at a moment.
struct LocalReading: Hashable, Sendable {
    let day: LocalDate
    /// Minutes since midnight, 0 to 1439.
    let minute: Int
    /// 0 to 59.
    let second: Int
    /// Local time minus UTC.
    let offsetMinutes: Int

    init(moment: Moment, offsetMinutes: Int) {
        let local = moment.seconds + Int64(offsetMinutes) * 60
        let ofDay = Int(local.modulo(86_400))
        day = LocalDate(dayNumber: Int32(clamping: (local - Int64(ofDay)) / 86_400))
        minute = ofDay / 60
        second = ofDay % 60
        self.offsetMinutes = offsetMinutes
    }

    /// `09:00`.
    var clock: String { clockText(minute: minute) }
}

/// `09:00`; minutes of the next day go on counting: `25:30`.
func clockText(minute: Int) -> String { "\(twoDigits(minute / 60)):\(twoDigits(minute % 60))" }

/// A place's rules for local time, by its IANA name.
struct Zone: Equatable, Sendable {
    private let rules: TimeZoneRules

    private static let database = TimeZoneDatabase()

    /// Fails when the name is not in this machine's database.
    init(name: String) throws(CommandFailure) {
        do {
            rules = try Self.database.zone(name)
        } catch {
            throw .local(
                "the time zone “\(name)” is not in \(TimeZoneDatabase.systemDirectory)")
        }
    }

    private init(rules: TimeZoneRules) { self.rules = rules }

    static let utc = Zone(rules: .utc)

    /// This machine's; UTC where its name is unknown.
    static var ofThisMachine: Zone {
        (try? Zone(name: TimeZone.current.identifier)) ?? .utc
    }

    var name: String { rules.name }

    /// Local time minus UTC, in minutes.
    func offsetMinutes(at moment: Moment) -> Int {
        Int(rules.offsetMinutes(at: Minute(roundingDownUnixSeconds: moment.seconds)))
    }

    /// What the clock shows here.
    func reading(_ moment: Moment) -> LocalReading {
        LocalReading(moment: moment, offsetMinutes: offsetMinutes(at: moment))
    }

    /// The moments at which the clock shows this: one, or none in the hour that spring skips, or
    /// two in the hour that autumn repeats, earlier first.
    func moments(_ day: LocalDate, minute: Int) -> [Moment] {
        switch rules.instants(of: day, minute: Int32(minute)) {
        case .one(let only): [Moment(seconds: only.unixSeconds)]
        case .two(let first, let last):
            [Moment(seconds: first.unixSeconds), Moment(seconds: last.unixSeconds)]
        case .none: []
        }
    }

    /// The first moment of a day: midnight, or the end of the gap where midnight is skipped.
    func start(of day: LocalDate) -> Moment {
        Moment(seconds: rules.windowStart(of: day, minute: 0).unixSeconds)
    }
}
