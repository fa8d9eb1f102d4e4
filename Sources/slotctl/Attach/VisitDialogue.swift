internal import Intervals
internal import SlotdAPI
internal import SwiftProtobuf

/// Creates the data of a new booking by questions: location, service, duration, provider, day,
/// slot. A question with one possible answer is not asked.
struct VisitDialogue: Sendable {
    let session: Session

    private var prompter: Prompter { session.prompter }
    /// Days that are searched at once.
    private static let spanDays = 14

    /// The new booking; nil when the user goes back.
    func run() async throws(CommandFailure) -> Slotd_V1_NewBooking? {
        var visit = Slotd_V1_NewBooking()
        guard let location = try await chooseLocation() else { return nil }
        visit.locationID = location.id
        guard let service = try await chooseService() else { return nil }
        visit.serviceID = service.id
        guard let duration = chooseDuration(service) else { return nil }
        visit.durationMinutes = duration
        guard let provider = try await chooseProvider(location, service) else { return nil }
        visit.providerID = provider
        guard let start = try await chooseStart(visit, location) else { return nil }
        visit.start = start.timestamp
        return visit
    }

    private func one<Value>(
        _ title: String, _ rows: [Menu<Value>.Row], _ question: String
    ) -> Value? {
        let choices = rows.compactMap(\.value)
        if choices.count == 1, rows.count == 1 {
            prompter.say(prompter.paint.dim("\(title): ") + (rows[0].cells.first?.text ?? ""))
            return choices[0]
        }
        let menu = Menu(title: title, rows: rows, quitMeaning: "back to the bookings")
        if case .value(let value) = menu.ask(question, prompter) { return value }
        return nil
    }

    private func chooseLocation() async throws(CommandFailure) -> Slotd_V1_Location? {
        if session.settings.location != nil { return try await session.location(nil) }
        let all = try await session.locations()
        guard !all.isEmpty else { throw .local("there is no location yet") }
        return one(
            "Location", all.map { .init(value: $0, cells: [Cell($0.name), Cell($0.timeZone)]) },
            "Location")
    }

    private func chooseService() async throws(CommandFailure) -> Slotd_V1_Service? {
        let all = try await session.services().sorted { $0.name < $1.name }
        guard !all.isEmpty else { throw .local("there is no service yet") }
        return one(
            "Service",
            all.map { service in
                let minutes = service.durationsMinutes.map { "\($0)" }.joined(separator: ", ")
                return .init(value: service, cells: [Cell(service.name), Cell("\(minutes) min")])
            },
            "Service")
    }

    private func chooseDuration(_ service: Slotd_V1_Service) -> Int32? {
        one(
            "Duration",
            service.durationsMinutes.map { .init(value: $0, cells: [Cell("\($0) min")]) },
            "Duration")
    }

    /// An id, or nothing for anybody.
    private func chooseProvider(
        _ location: Slotd_V1_Location, _ service: Slotd_V1_Service
    ) async throws(CommandFailure) -> String? {
        let all = try await session.providers(location: location.id, service: service.id)
        guard !all.isEmpty else {
            prompter.tell("Nobody performs \(plainText(service.name)) there.")
            return nil
        }
        var rows: [Menu<String>.Row] = all.sorted { $0.name < $1.name }
            .map { .init(value: $0.id, cells: [Cell($0.name)]) }
        if rows.count > 1 { rows.insert(.init(value: "", cells: [Cell("anybody")]), at: 0) }
        return one("Provider", rows, "Provider")
    }

    /// First a day of those that have anything free, then a start of that day.
    private func chooseStart(
        _ visit: Slotd_V1_NewBooking, _ location: Slotd_V1_Location
    ) async throws(CommandFailure) -> Moment? {
        let zone = try Zone(name: location.timeZone)
        var from = (session.now + 59).wholeMinute
        while true {
            let firstDay = zone.reading(from).day
            let to = zone.start(of: firstDay.adding(days: Int32(Self.spanDays)))
            let found = try await session.slots(
                .with {
                    $0.locationID = visit.locationID
                    $0.serviceID = visit.serviceID
                    $0.durationMinutes = visit.durationMinutes
                    $0.providerIds = visit.providerID.isEmpty ? [] : [visit.providerID]
                    $0.from = from.timestamp
                    $0.to = to.timestamp
                }, limit: 10_000)
            let starts = found.slots.map { Moment($0.start) }
            switch chooseDay(starts, zone, firstDay) {
            case .value(let day):
                if let start = chooseTime(starts.filter { zone.reading($0).day == day }, zone) {
                    return start
                }
            case .letter: from = to
            case .text, .quit: return nil
            }
        }
    }

    private func chooseDay(
        _ starts: [Moment], _ zone: Zone, _ firstDay: LocalDate
    ) -> Menu<LocalDate>.Answer {
        var counts: [LocalDate: Int] = [:]
        for start in starts { counts[zone.reading(start).day, default: 0] += 1 }
        let lastDay = firstDay.adding(days: Int32(Self.spanDays - 1))
        let menu = Menu(
            title: counts.isEmpty
                ? "Nothing is free from \(firstDay.spelledOut) to \(lastDay.spelledOut)." : "Day",
            rows: counts.keys.sorted().map { day in
                .init(
                    value: day, cells: [Cell(day.spelledOut), Cell("\(counts[day] ?? 0) free")])
            },
            letters: [("m", "later days")], quitMeaning: "back to the bookings")
        return menu.ask("Day", prompter)
    }

    /// The starts of one day, numbered in a grid, since there may be many. A clock reading is an
    /// answer too.
    private func chooseTime(_ starts: [Moment], _ zone: Zone) -> Moment? {
        let labels = starts.map { start in
            let reading = zone.reading(start)
            let isRepeated = starts.count { zone.reading($0).clock == reading.clock } > 1
            return reading.clock + (isRepeated ? offsetText(reading.offsetMinutes) : "")
        }
        let cellWidth = (labels.map(\.count).max() ?? 5) + 7
        let perLine = max(1, min(6, prompter.columns / cellWidth))
        for first in stride(from: 0, to: starts.count, by: perLine) {
            let cells = (first..<min(first + perLine, starts.count)).map { index in
                prompter.paint(padded("\(index + 1)", to: 4, trailing: true), .accent) + " "
                    + padded(labels[index], to: cellWidth - 5)
            }
            prompter.say(cells.joined())
        }
        while let answer = prompter.ask("Start (number or time, q for another day):") {
            if answer.lowercased() == "q" { return nil }
            if let number = digits(answer), (1...starts.count).contains(number) {
                return starts[number - 1]
            }
            let wanted = answer.contains(":") && answer.count == 4 ? "0" + answer : answer
            if let index = labels.firstIndex(of: wanted) { return starts[index] }
            prompter.tell("Please answer a number from 1 to \(starts.count).", .dim)
        }
        return nil
    }
}
