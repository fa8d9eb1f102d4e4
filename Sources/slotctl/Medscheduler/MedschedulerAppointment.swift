internal import Intervals

/// An appointment, read and checked.
struct MedschedulerAppointment: Sendable {
    /// What became of it.
    enum Course: Equatable, Sendable {
        /// Nothing yet, or nothing that is known.
        case open
        case cancelled
        case missed
        /// Seconds since local midnight of its day; later than a day where it ran past midnight.
        case attended(checkIn: Int, start: Int, end: Int)
    }

    let reference: String
    let patient: String
    let slot: MedschedulerData.Slot
    /// The day on which it was made.
    let madeOn: LocalDate
    let course: Course
    let line: Int

    init(
        _ row: CSVRow<AppointmentColumn>, _ data: MedschedulerData
    ) throws(MedschedulerProblem) {
        reference = row[.appointment]
        patient = row[.patient]
        line = row.source.line
        guard let slot = data.slots[row[.slot]] else {
            throw MedschedulerProblem("slot_id \(row[.slot]) is not in slots.csv")
        }
        self.slot = slot
        let day = try medschedulerDay(row[.day], AppointmentColumn.day.rawValue)
        let seconds = try medschedulerSeconds(row[.time], AppointmentColumn.time.rawValue)
        guard day == slot.day, seconds == slot.minute * 60,
            data.providers[slot.provider].reference == row[.provider]
        else { throw MedschedulerProblem("it is not at the time of its slot \(row[.slot])") }
        madeOn = try medschedulerDay(row[.madeOn], AppointmentColumn.madeOn.rawValue)
        switch row[.status] {
        case "scheduled", "unknown": course = .open
        case "cancelled": course = .cancelled
        case "did not attend": course = .missed
        case "attended": course = try Self.attended(row)
        default: throw MedschedulerProblem("status “\(row[.status])” tells of no course")
        }
    }

    /// A time that lies before the one before it is the next day's.
    private static func attended(
        _ row: CSVRow<AppointmentColumn>
    ) throws(MedschedulerProblem) -> Course {
        func seconds(
            _ column: AppointmentColumn, after earlier: Int
        ) throws(MedschedulerProblem) -> Int {
            let ofDay = try medschedulerSeconds(row[column], column.rawValue)
            let midnight = earlier / 86_400 * 86_400
            return midnight + ofDay < earlier ? midnight + 86_400 + ofDay : midnight + ofDay
        }
        let checkIn = try seconds(.checkIn, after: 0)
        let start = try seconds(.start, after: checkIn)
        return .attended(checkIn: checkIn, start: start, end: try seconds(.end, after: start))
    }
}

/// The columns of slots.csv that are read.
enum SlotColumn: String, CSVColumn {
    case provider = "provider_id"
    case location = "location_id"
    case slot = "slot_id"
    case day = "appointment_date"
    case time = "appointment_time"
    case minutes = "slot_minutes"

    var isRequired: Bool { true }
}

/// The columns of patients.csv that are read.
enum PatientColumn: String, CSVColumn {
    case patient = "patient_id"
    case name
    case born = "dob"

    var isRequired: Bool { true }
}

/// The columns of appointments.csv that are read.
enum AppointmentColumn: String, CSVColumn {
    case provider = "provider_id"
    case appointment = "appointment_id"
    case slot = "slot_id"
    case madeOn = "scheduling_date"
    case day = "appointment_date"
    case time = "appointment_time"
    case status
    case checkIn = "check_in_time"
    case start = "start_time"
    case end = "end_time"
    case patient = "patient_id"

    var isRequired: Bool { true }
}
