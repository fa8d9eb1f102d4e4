internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// Bookable starts as messages of the generated code. The plain page of FindSlots, the API's hottest
// reply, is written by `SlotReply`; a test compares the two.

extension Slotd_V1_FindSlotsResponse {
    init(_ page: SlotPage, _ tail: SlotReplyTail) {
        self.init()
        slots = page.starts.indices.map { Slotd_V1_Slot(page, $0) }
        providerIds = page.providers.map(\.description)
        nextPageToken = tail.nextPageToken
        timeZone = page.timeZone
        truncated = page.next != nil
        slotToken = tail.slotToken
        revision = tail.revision
    }
}

extension Slotd_V1_Slot {
    init(_ page: SlotPage, _ index: Int) {
        self.init()
        let first = page.starts[index]
        start = Google_Protobuf_Timestamp(first)
        end = Google_Protobuf_Timestamp(
            first.clampedAdding(minutes: page.duration(ofSlot: index)))
        utcOffsetMinutes = page.utcOffsets[index]
        providerIndexes = Array(page.providerIndexes[page.providerEnds.part(index)])
        segments = page.segments.map { column in
            let start = first.clampedAdding(minutes: column.offset)
            return .with {
                $0.start = Google_Protobuf_Timestamp(start)
                $0.end = Google_Protobuf_Timestamp(start.clampedAdding(minutes: column.duration))
                $0.providerIndexes = Array(column.providerIndexes[column.providerEnds.part(index)])
            }
        }
    }

    /// Names every provider by another index.
    mutating func renumber(_ indexes: [Int32]) {
        providerIndexes = providerIndexes.map { indexes[Int($0)] }
        for segment in segments.indices {
            segments[segment].providerIndexes = segments[segment].providerIndexes.map {
                indexes[Int($0)]
            }
        }
    }
}

extension [Int] {
    /// Where slot `index` stands in a column that these are the ends of.
    fileprivate func part(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : self[index - 1])..<self[index]
    }
}

extension Slotd_V1_FindEarliestResponse {
    init(_ found: [LocatedSlots], in organization: Organization) {
        self.init()
        var indexes: [Identifier<Provider>: Int32] = [:]
        for located in found {
            // Each location's page numbers its own providers; only those who are free are named.
            var slot = Slotd_V1_Slot(located.page, located.index)
            var numbers = [Int32](repeating: 0, count: located.page.providers.count)
            let named = slot.providerIndexes + slot.segments.flatMap(\.providerIndexes)
            for place in named {
                let provider = located.page.providers[Int(place)]
                let number = indexes[provider] ?? Int32(providerIds.count)
                if indexes.updateValue(number, forKey: provider) == nil {
                    providerIds.append(provider.description)
                }
                numbers[Int(place)] = number
            }
            slot.renumber(numbers)
            slots.append(
                .with {
                    $0.locationID = located.location.description
                    $0.timeZone = located.page.timeZone
                    $0.slot = slot
                })
        }
        slotToken = SlotToken.encode(in: organization)
        revision = organization.position
    }
}

extension Slotd_V1_TimeSpan {
    init(_ interval: Interval) {
        self.init()
        start = Google_Protobuf_Timestamp(interval.start)
        end = Google_Protobuf_Timestamp(interval.end)
    }
}

extension Slotd_V1_FreeBusy {
    init(_ record: FreeBusy) {
        self.init()
        id = record.id
        working = record.working.map { Slotd_V1_TimeSpan($0) }
        busy = record.busy.map { Slotd_V1_TimeSpan($0) }
        needed = record.needed.map { Slotd_V1_TimeSpan($0) }
    }
}

extension Slotd_V1_ProviderVerdict {
    init(_ record: ProviderVerdict) {
        self.init()
        providerID = record.provider?.description ?? ""
        segment = Int32(record.segment)
        failures = record.failures.map { failure in
            .with {
                $0.reason = Slotd_V1_Reason(failure.reason)
                $0.message = failure.reason.sentence
                $0.blockingIds = failure.blocking
                $0.resourceID = failure.resource
                $0.pool = failure.pool
                if let until = failure.until { $0.heldUntil = Google_Protobuf_Timestamp(until) }
                $0.blocking = failure.spans.map { Slotd_V1_TimeSpan($0) }
            }
        }
    }
}

extension Slotd_V1_DayVerdict {
    init(_ record: DayExplanation) {
        self.init()
        date = Slotd_V1_LocalDate(record.date)
        available = Int32(record.available)
        reasons = Reason.inEvaluationOrder(record.reasons.keys).map { reason in
            .with {
                $0.reason = Slotd_V1_Reason(reason)
                $0.count = Int32(record.reasons[reason] ?? 0)
            }
        }
    }
}
