public import Intervals
internal import Scheduling

// The demonstration clinic: four locations in as many zones, eleven providers, ten services.

extension Clinic {
    /// A med-spa with hours as real ones have them: lunch breaks, an evening clinic, two providers
    /// who divide their week between cities, some days off within three weeks of `today`.
    ///
    /// Laser hair removal leads to two procedure types, a consultation to none, every other service
    /// to exactly one. The seed chooses the patients and nothing else.
    public static func medSpa(patients: Int, today: LocalDate, seed: UInt64) -> Clinic {
        var random = SplitMix64(seed: seed)
        return Clinic(
            locations: medSpaLocations, providers: medSpaProviders(today: today),
            services: medSpaServices, procedureTypes: medSpaProcedureTypes,
            patients: (0..<patients).map { Patient.Details.madeUp(number: $0 + 1, &random) })
    }

    private static let medSpaLocations: [Location.Details] = [
        location(
            "new-york", "Madison Avenue", "America/New_York",
            week(1...5, 8, 20) + week(6...6, 9, 17)),
        location(
            "chicago", "River North", "America/Chicago", week(1...5, 9, 19) + week(6...6, 10, 16)),
        location(
            "santa-monica", "Santa Monica", "America/Los_Angeles",
            week(1...3, 9, 18) + week(4...4, 9, 21) + week(5...6, 9, 18)),
        location("scottsdale", "Scottsdale", "America/Phoenix", week(2...6, 10, 18)),
    ]

    private static func medSpaProviders(today: LocalDate) -> [ClinicProvider] {
        let lunch = { (days: ClosedRange<Int>) in week(days, 9, 13) + week(days, 14, 18) }
        return [
            provider("marsh", "Dr. Elena Marsh", [(0, lunch(1...4))]),
            provider(
                "nair", "Priya Nair, NP", [(0, week(1...3, 10, 18)), (1, week(4...5, 9, 17))],
                off: [(today, 3, 780, 3, 1440)]),
            provider("weber", "Jonas Weber", [(0, week(2...6, 9, 17))]),
            provider("ortiz", "Camille Ortiz", [(0, week(1...5, 12, 20))], needsPhysician: true),
            provider("okoye", "Dr. Samuel Okoye", [(1, lunch(1...5))]),
            provider(
                "lindqvist", "Hannah Lindqvist, RN", [(1, week(1...6, 10, 16))],
                off: [(today, 8, 0, 11, 1440)]),
            provider("bell", "Marcus Bell", [(1, week(1...4, 11, 19))]),
            provider(
                "tanaka", "Dr. Grace Tanaka", [(2, lunch(1...3)), (3, week(4...5, 10, 17))],
            ),
            provider("fontaine", "Leo Fontaine", [(2, week(1...6, 9, 17))]),
            provider(
                "rahman", "Aisha Rahman, PA",
                [(2, week(2...3, 10, 18) + week(4...4, 13, 21) + week(5...6, 10, 18))]),
            provider(
                "delgado", "Rosa Delgado, RN", [(3, week(2...6, 10, 18))],
                off: [(today, 15, 0, 15, 1440)]),
        ]
    }

    private static let medSpaServices: [ClinicService] = {
        let physicians = [0, 4, 7]
        let nurses = [1, 5, 9, 10]
        let technicians = [2, 6, 8]
        let aestheticians = [3, 6, 8]
        return [
            service(
                "consultation", "Consultation", [30, 15], after: 5, notice: 60,
                physicians + nurses),
            service("botox", "Botox", [30, 45], after: 10, notice: 120, physicians + nurses),
            service(
                "filler", "Dermal filler", [45, 60, 90], before: 5, after: 15, notice: 120,
                physicians + nurses),
            service("laser", "Laser hair removal", [30, 60, 90], after: 15, step: 30, technicians),
            service("hydrafacial", "HydraFacial", [60], after: 10, step: 20, aestheticians),
            service("peel", "Chemical peel", [45], after: 15, aestheticians + nurses),
            service(
                "microneedling", "Microneedling", [60, 75], before: 10, after: 15, step: 30,
                notice: 240, aestheticians + nurses),
            service("iv-therapy", "IV therapy", [60], after: 10, step: 30, nurses),
            service(
                "coolsculpting", "CoolSculpting", [120], before: 10, after: 20, step: 30,
                notice: 1440, technicians),
            service("follow-up", "Follow-up", [15], step: 5, physicians + nurses),
        ]
    }()

    private static let medSpaProcedureTypes: [ClinicProcedureType] = [
        procedureType("botox", "Botox injection", [1], steps: 6, needsPhysician: true),
        procedureType("filler", "Dermal filler injection", [2], steps: 6, needsPhysician: true),
        procedureType("laser-area", "Laser hair removal, one area", [3], steps: 5),
        procedureType("laser-body", "Laser hair removal, full body", [3], steps: 7),
        procedureType("hydrafacial", "HydraFacial treatment", [4], steps: 4),
        procedureType("peel", "Chemical peel treatment", [5], steps: 4),
        procedureType("microneedling", "Microneedling treatment", [6], steps: 5),
        procedureType("iv", "IV infusion", [7], steps: 5, needsPhysician: true),
        procedureType("coolsculpting", "CoolSculpting treatment", [8], steps: 5),
        procedureType("follow-up", "Follow-up check", [9], steps: 3),
    ]

    // MARK: Short ways to write the above

    /// The same hours, in whole hours, on each of the weekdays.
    private static func week(
        _ weekdays: ClosedRange<Int>, _ start: Int32, _ end: Int32
    ) -> [WeeklyInterval] {
        weekdays.compactMap {
            WeeklyInterval(weekday: $0, startMinute: start * 60, endMinute: end * 60)
        }
    }

    private static func location(
        _ ref: String, _ name: String, _ zone: String, _ hours: [WeeklyInterval]
    ) -> Location.Details {
        var details = Location.Details()
        details.externalRef = ref
        details.name = name
        details.timeZone = zone
        details.hours = hours
        return details
    }

    /// `off`: days from a date and minutes of the day, first and last.
    private static func provider(
        _ ref: String, _ name: String, _ hours: [(Int, [WeeklyInterval])],
        needsPhysician: Bool = false, off: [(LocalDate, Int32, Int32, Int32, Int32)] = []
    ) -> ClinicProvider {
        var details = Provider.Details()
        details.externalRef = ref
        details.name = name
        details.mdRequired = needsPhysician
        details.timeOff = off.map { today, firstDay, start, lastDay, end in
            TimeOff(
                startDate: today.adding(days: firstDay), startMinute: start,
                endDate: today.adding(days: lastDay), endMinute: end, note: "vacation")
        }
        return ClinicProvider(
            details: details, hours: hours.map { WorkHours(location: $0.0, hours: $0.1) })
    }

    private static func service(
        _ ref: String, _ name: String, _ durations: [Int32], before: Int32 = 0, after: Int32 = 0,
        step: Int32 = 15, notice: Int32 = 0, _ providers: [Int]
    ) -> ClinicService {
        var details = Service.Details()
        details.externalRef = ref
        details.name = name
        details.durations = durations
        details.bufferBefore = before
        details.bufferAfter = after
        details.step = step
        details.notice = notice
        return ClinicService(details: details, providers: providers)
    }

    private static func procedureType(
        _ ref: String, _ name: String, _ services: [Int], steps: Int32, needsPhysician: Bool = false
    ) -> ClinicProcedureType {
        var details = ProcedureType.Details()
        details.externalRef = ref
        details.name = name
        details.stepCount = steps
        details.mdRequired = needsPhysician
        return ClinicProcedureType(details: details, services: services)
    }
}
