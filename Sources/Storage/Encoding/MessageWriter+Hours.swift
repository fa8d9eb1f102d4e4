internal import Intervals
internal import Scheduling
internal import WireFormat

// Hours, dates and what takes time out of them.

extension MessageWriter {
    mutating func hours(_ field: UInt32, _ hours: [WeeklyInterval]) {
        for interval in hours {
            message(field) { writer in
                writer.integer(1, interval.weekday)
                writer.integer(2, interval.startMinute)
                writer.integer(3, interval.endMinute)
            }
        }
    }

    mutating func day(_ field: UInt32, _ day: DayHours) {
        message(field) { writer in
            writer.signed(1, day.date.dayNumber)
            for range in day.hours {
                writer.message(2) { writer in
                    writer.integer(1, range.startMinute)
                    writer.integer(2, range.endMinute)
                }
            }
        }
    }

    mutating func closures(_ field: UInt32, _ closures: [Closure]) {
        for closure in closures {
            message(field) { writer in
                writer.signed(1, closure.startDate.dayNumber)
                writer.integer(2, closure.startMinute)
                writer.signed(3, closure.endDate.dayNumber)
                writer.integer(4, closure.endMinute)
                writer.text(5, closure.note)
            }
        }
    }

    mutating func date(_ field: UInt32, _ date: LocalDate?) {
        if let date { always(field, signed: Int64(date.dayNumber)) }
    }
}
