internal import Intervals
internal import SlotdAPI
internal import SwiftProtobuf

/// A medscheduler data set as records to send: locations and providers with the weekly hours that
/// their slots cover, a service for each length of slot, patients, and appointments as bookings, in
/// the order in which they were made.
///
/// Each booking says when it was made, so that the daemon judges it as of then: one that found its
/// slot free was taken, whatever became of it; one that found it kept by another was not. Nothing
/// here knows which those are.
struct MedschedulerMapping: Sendable {
    private let data: MedschedulerData
    private let zone: Zone
    private let catalog: [ImportItem]

    init(_ data: MedschedulerData, zone: Zone) {
        self.data = data
        self.zone = zone
        catalog =
            Self.locations(data, zone) + Self.providers(data) + Self.services(data)
    }

    /// What is named comes before what names it.
    var items: ImportItems {
        let patients = catalog.count
        let bookings = patients + data.patients.count
        return ImportItems(count: bookings + data.appointments.count) { [self] index in
            if index < patients { return catalog[index] }
            return index < bookings
                ? item(data.patients[index - patients])
                : item(data.appointments[index - bookings])
        }
    }

    /// How many records there are of each kind.
    var counts: [ImportKind: Int] {
        var counts = Dictionary(grouping: catalog, by: \.kind).mapValues(\.count)
        counts[.patient] = data.patients.count
        counts[.booking] = data.appointments.count
        return counts
    }

    // MARK: Catalog

    private static func locations(_ data: MedschedulerData, _ zone: Zone) -> [ImportItem] {
        let hours = WeekHours.of(data) { $0.location }
        return hours.keys.sorted().map { reference in
            ImportItem(
                kind: .location,
                record: .location(
                    .with {
                        $0.externalRef = reference
                        $0.name = reference
                        $0.timeZone = zone.name
                        $0.hours = hours[reference]?.intervals ?? []
                    }),
                source: SourceLine(file: MedschedulerData.slotFile, line: 1))
        }
    }

    private static func providers(_ data: MedschedulerData) -> [ImportItem] {
        let hours = WeekHours.of(data) { $0 }
        let places = Dictionary(grouping: Set(data.providers), by: \.reference)
        return places.keys.sorted().map { reference in
            let schedules = (places[reference] ?? []).sorted { $0.location < $1.location }
                .map { place in
                    Slotd_V1_ProviderSchedule.with {
                        $0.locationID = "ref:" + place.location
                        $0.hours = hours[place]?.intervals ?? []
                    }
                }
            return ImportItem(
                kind: .provider,
                record: .provider(
                    .with {
                        $0.externalRef = reference
                        $0.name = reference
                        $0.schedules = schedules
                    }),
                source: SourceLine(file: MedschedulerData.slotFile, line: 1))
        }
    }

    private static func serviceReference(_ minutes: Int) -> String { "visit-\(minutes)" }

    private static func services(_ data: MedschedulerData) -> [ImportItem] {
        var providers: [Int: Set<Int>] = [:]
        for slot in data.slots.values {
            providers[slot.minutes, default: []].insert(slot.provider)
        }
        return providers.keys.sorted().map { minutes in
            let names = Set((providers[minutes] ?? []).map { data.providers[$0].reference })
            return ImportItem(
                kind: .service,
                record: .service(
                    .with {
                        $0.externalRef = serviceReference(minutes)
                        $0.name = "Visit of \(minutes) minutes"
                        $0.durationsMinutes = [Int32(minutes)]
                        $0.providerIds = names.sorted().map { "ref:" + $0 }
                    }),
                source: SourceLine(file: MedschedulerData.slotFile, line: 1))
        }
    }

    // MARK: Patients and bookings

    private func item(_ patient: MedschedulerData.Patient) -> ImportItem {
        ImportItem(
            kind: .patient,
            record: .patient(
                .with {
                    $0.externalRef = patient.reference
                    $0.name = patient.name
                    if let born = patient.born { $0.birthDate = born.message }
                }),
            source: SourceLine(file: MedschedulerData.patientFile, line: patient.line))
    }

    private func item(_ appointment: MedschedulerAppointment) -> ImportItem {
        let slot = appointment.slot
        let provider = data.providers[slot.provider]
        let start = moment(slot.day, minute: slot.minute)
        let end = start + Int64(slot.minutes) * 60
        let made = zone.start(of: appointment.madeOn)
        return ImportItem(
            kind: .booking,
            record: .booking(
                .with {
                    $0.externalRef = appointment.reference
                    $0.patientRef = appointment.patient
                    $0.locationRef = provider.location
                    $0.providerRef = provider.reference
                    $0.serviceRef = Self.serviceReference(slot.minutes)
                    $0.start = start.timestamp
                    $0.end = end.timestamp
                    $0.bookedAt = made.timestamp
                    $0.stageHistory = stages(appointment, made: made, end: end)
                }),
            source: SourceLine(
                file: MedschedulerData.appointmentFile, line: appointment.line))
    }

    /// What happened, and when, to the minute. That a patient stays away is certain at the end.
    private func stages(
        _ appointment: MedschedulerAppointment, made: Moment, end: Moment
    ) -> [Slotd_V1_StageChange] {
        func at(_ seconds: Int) -> Moment { moment(appointment.slot.day, minute: seconds / 60) }
        let later: [(Slotd_V1_Stage, Moment)] =
            switch appointment.course {
            case .open: []
            case .cancelled: [(.cancelled, made)]
            case .missed: [(.noShow, end)]
            case .attended(let checkIn, let start, let end):
                [(.checkIn, at(checkIn)), (.inProcedure, at(start)), (.checkout, at(end))]
            }
        return ([(.new, made)] + later).map { stage, moment in
            .with {
                $0.stage = stage
                $0.at = moment.timestamp
            }
        }
    }

    /// The first moment at which the clock shows this; where it skips it, the moment that would
    /// have come then.
    private func moment(_ day: LocalDate, minute: Int) -> Moment {
        let day = day.adding(days: Int32(minute / 1440))
        let minute = minute % 1440
        return zone.moments(day, minute: minute).first
            ?? zone.start(of: day) + Int64(minute) * 60
    }
}

/// The hours of a week that slots cover, whichever weeks they are in.
private struct WeekHours {
    /// By day of the week, 1 for Monday: the minutes that each slot covers.
    private var ranges: [Int: Set<Range<Int>>] = [:]

    /// The hours of each provider, or of what a provider has.
    static func of<Key: Hashable>(
        _ data: MedschedulerData, by key: (MedschedulerData.Provider) -> Key
    ) -> [Key: WeekHours] {
        let keys = data.providers.map(key)
        var hours: [Key: WeekHours] = [:]
        for slot in data.slots.values {
            hours[keys[slot.provider], default: WeekHours()]
                .ranges[slot.day.weekday, default: []]
                .insert(slot.minute..<slot.minute + slot.minutes)
        }
        return hours
    }

    /// As the API has them, those that touch joined.
    var intervals: [Slotd_V1_WeeklyInterval] {
        var intervals: [Slotd_V1_WeeklyInterval] = []
        for (weekday, ranges) in ranges.sorted(by: { $0.key < $1.key }) {
            var joined: [Range<Int>] = []
            for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
                if let last = joined.last, range.lowerBound <= last.upperBound {
                    joined[joined.count - 1] =
                        last.lowerBound..<max(last.upperBound, range.upperBound)
                } else {
                    joined.append(range)
                }
            }
            intervals += joined.map { range in
                .with {
                    $0.day = Slotd_V1_DayOfWeek(rawValue: weekday) ?? .unspecified
                    $0.startMinute = Int32(range.lowerBound)
                    $0.endMinute = Int32(range.upperBound)
                }
            }
        }
        return intervals
    }
}
