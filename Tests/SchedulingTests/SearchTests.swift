import Intervals
import Testing
import Workload

@testable import Scheduling

/// The list of slots against the oracle that tries every minute.
struct SearchTests {
    private struct Slot: Equatable, CustomStringConvertible {
        var start: Minute
        var providers: [Identifier<Provider>]

        var description: String { "\(start) \(providers.count)" }
    }

    private func slots(_ page: SlotPage) -> [Slot] {
        page.starts.indices.map { index in
            let from = index == 0 ? 0 : page.providerEnds[index - 1]
            return Slot(
                start: page.starts[index],
                providers: page.providerIndexes[from..<page.providerEnds[index]].map {
                    page.providers[Int($0)]
                })
        }
    }

    private func expected(_ world: SmallWorld, _ request: SlotRequest) throws -> [Slot] {
        let lanes = try world.judge(request)
        return world.window.enumerated().compactMap { index, minute in
            let free = lanes.filter { $0.verdicts[index].isFree }.map(\.id)
            guard !free.isEmpty else { return nil }
            return Slot(start: Minute(sinceEpoch: Int32(minute)), providers: free)
        }
    }

    @Test("a search lists exactly the starts that trying every minute finds", arguments: 1...36)
    func list(seed: UInt64) throws {
        var world = try SmallWorld(seed: seed)
        for service in world.ids.services {
            let any = world.request(service: service, provider: nil)
            #expect(try slots(world.starts(any)) == expected(world, any), "seed \(seed)")
            let provider = try #require(
                world.organization.services[service]?.details.providers.first)
            let one = world.request(service: service, provider: provider)
            #expect(try slots(world.starts(one)) == expected(world, one), "seed \(seed)")
        }
    }

    @Test("pages of any size, put together, are the whole list", arguments: 40...51)
    func paging(seed: UInt64) throws {
        var world = try SmallWorld(seed: seed)
        for (service, size) in zip(world.ids.services, [1, 7, 50]) {
            let request = world.request(service: service, provider: nil)
            let whole = try world.starts(request)
            #expect(whole.next == nil)
            var found: [Slot] = []
            var offsets: [Int32] = []
            var from: Minute? = Minute(sinceEpoch: Int32(world.window.lowerBound))
            while let start = from {
                let page = try world.organization.findSlots(
                    request, from: start, to: Minute(sinceEpoch: Int32(world.window.upperBound)),
                    limit: size, now: world.sandbox.now)
                #expect(page.starts.count == size || page.next == nil)
                #expect(page.next.map { $0 > start } ?? true)
                found += slots(page)
                offsets += page.utcOffsets
                from = page.next
            }
            #expect(found == slots(whole), "seed \(seed)")
            #expect(offsets == whole.utcOffsets)
            #expect(
                zip(whole.starts, whole.utcOffsets).allSatisfy { start, offset in
                    Int(offset) == world.oracle.zone.offset(at: Int(start.sinceEpoch))
                })
        }
    }

    @Test("the window bounds the start, first minute included and last excluded")
    func bounds() throws {
        let spa = try Spa()
        let request = SlotRequest(
            location: spa.location, service: spa.facial, duration: 60, providers: [spa.ada])
        let page = try spa.organization.findSlots(
            request, from: spa.at(10), to: spa.at(10, 30), limit: 100, now: spa.sandbox.now)
        #expect(try page.starts == [spa.at(10), spa.at(10, 15)])
        let empty = try spa.organization.findSlots(
            request, from: spa.at(10), to: spa.at(10), limit: 100, now: spa.sandbox.now)
        #expect(empty.starts.isEmpty && empty.next == nil)
    }

    @Test("what no time could mend is refused before any time is looked at")
    func unmendable() throws {
        var spa = try Spa()
        func reason(_ request: SlotRequest) -> Reason? {
            do {
                _ = try spa.organization.findSlots(
                    request, from: .earliest, to: .latest, limit: 1, now: spa.sandbox.now)
                return nil
            } catch {
                return error.reason
            }
        }
        var request = SlotRequest(location: spa.location, service: spa.facial)
        #expect(reason(request) == nil)
        request.duration = 31
        #expect(reason(request) == .durationNotOffered)
        request.duration = nil
        request.providers = [Identifier(value: 9)]
        #expect(reason(request) == .unknownRecord)
        request.providers = [spa.ada]

        var service = try #require(spa.organization.services[spa.facial]?.details)
        service.providers = [spa.bo]
        try spa.sandbox.perform(
            UpdateRecord(spa.facial, expectedVersion: 0, details: service))
        #expect(reason(request) == .serviceNotOffered)
        request.providers = [spa.bo]
        var provider = try #require(spa.organization.providers[spa.bo]?.details)
        provider.isDisabled = true
        try spa.sandbox.perform(UpdateRecord(spa.bo, expectedVersion: 0, details: provider))
        #expect(reason(request) == .providerDisabled)
        var place = try #require(spa.organization.locations[spa.location]?.details)
        place.isArchived = true
        try spa.sandbox.perform(
            UpdateRecord(spa.location, expectedVersion: 0, details: place))
        #expect(reason(request) == .locationInactive)
        request.location = Identifier(value: 9)
        #expect(reason(request) == .unknownRecord)
    }

    @Test("a change of hours, time off or zone is seen by the next search")
    func freshness() throws {
        var spa = try Spa()
        #expect(try spa.slots().count == 31)
        var provider = try #require(spa.organization.providers[spa.ada]?.details)
        let today = try day(2026, 10, 19)
        provider.timeOff = [
            TimeOff(startDate: today, startMinute: 600, endDate: today, endMinute: 1440)
        ]
        try spa.sandbox.perform(UpdateRecord(spa.ada, expectedVersion: 1, details: provider))
        #expect(try spa.slots() == [spa.at(9), spa.at(9, 15), spa.at(9, 30)])
        spa.sandbox.undoLast()
        #expect(try spa.slots().count == 31)
        var place = try #require(spa.organization.locations[spa.location]?.details)
        place.timeZone = "America/Chicago"
        try spa.sandbox.perform(UpdateRecord(spa.location, expectedVersion: 1, details: place))
        #expect(try spa.slots().first == spa.at(10))
    }

    @Test("of several free providers the least busy that day is taken, then the lowest id")
    func assignment() throws {
        var spa = try Spa()
        let new = spa.newBooking(try spa.at(10))
        let first = try spa.sandbox.perform(CreateBooking(patient: spa.mina, new)).booking
        #expect(first.segments[0].provider == min(spa.ada, spa.bo))
        #expect(first.segments[0].anyProvider)
        try spa.book(spa.at(9), provider: spa.bo)
        try spa.book(spa.at(12), provider: spa.bo)
        let later = spa.newBooking(try spa.at(14))
        let second = try spa.sandbox.perform(CreateBooking(patient: spa.mina, later)).booking
        #expect(second.segments[0].provider == spa.ada)
        let tomorrow = spa.newBooking(try spa.at(14, day: 1))
        let third = try spa.sandbox.perform(CreateBooking(patient: spa.mina, tomorrow)).booking
        #expect(third.segments[0].provider == min(spa.ada, spa.bo))
    }
}
