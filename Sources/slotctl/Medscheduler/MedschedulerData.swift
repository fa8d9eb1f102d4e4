internal import Intervals

/// The three tables of a medscheduler data set (https://pypi.org/project/medscheduler/), as
/// `NAME.csv` or `NAME.csv.gz`: slots, patients and appointments. Held whole, since appointments
/// are replayed in the order in which they were made, whatever the order of the file.
struct MedschedulerData: Sendable {
    /// One time of a provider that can be booked.
    struct Slot: Sendable {
        /// Into `providers`.
        let provider: Int
        let day: LocalDate
        /// Since local midnight.
        let minute: Int
        let minutes: Int
    }

    struct Provider: Hashable, Sendable {
        let reference: String
        let location: String
    }

    struct Patient: Sendable {
        let reference: String
        let name: String
        let born: LocalDate?
        let line: Int
    }

    var providers: [Provider] = []
    /// By `slot_id`.
    var slots: [String: Slot] = [:]
    var patients: [Patient] = []
    /// Ordered by the day on which they were made, then by id.
    var appointments: [MedschedulerAppointment] = []
    /// Lines that make no sense, in order of the files.
    var refusals: [ImportRefusal] = []

    static let slotFile = "slots.csv"
    static let patientFile = "patients.csv"
    static let appointmentFile = "appointments.csv"

    /// Reads the folder, which must have all three.
    static func read(folder: String) throws(CommandFailure) -> MedschedulerData {
        var data = MedschedulerData()
        try data.readSlots(folder)
        try data.readPatients(folder)
        try data.readAppointments(folder)
        return data
    }

    private static func sheet<Column>(
        _ folder: String, _ name: String
    ) throws(CommandFailure) -> CSVSheet<Column> {
        guard let file = DataFile(folder: folder, name: name) else {
            throw .local("there is no \(name) or \(name).gz in \(folder)")
        }
        return CSVSheet(file: file, ignoresOtherColumns: true)
    }

    /// Reads each row by `body`; what it throws, or what is no sound line, is refused.
    private mutating func rows<Column: CSVColumn>(
        _ sheet: CSVSheet<Column>, _ kind: ImportKind, named column: Column,
        _ body: (inout MedschedulerData, CSVRow<Column>) throws(MedschedulerProblem) -> Void
    ) throws(CommandFailure) {
        try sheet.forEachRow { source, result throws(CommandFailure) in
            var reference = ""
            do throws(MedschedulerProblem) {
                switch result {
                case .failure(let problem): throw MedschedulerProblem("\(problem)")
                case .success(let row):
                    reference = row[column]
                    guard !reference.isEmpty else {
                        throw MedschedulerProblem("\(column.rawValue) is empty")
                    }
                    try body(&self, row)
                }
            } catch {
                refusals.append(
                    ImportRefusal(
                        kind: kind, reference: reference, source: source,
                        reason: "INVALID_VALUE", message: error.message))
            }
        }
    }

    private mutating func readSlots(_ folder: String) throws(CommandFailure) {
        var known: [Provider: Int] = [:]
        try rows(try Self.sheet(folder, Self.slotFile), .service, named: SlotColumn.slot) {
            data, row throws(MedschedulerProblem) in
            let provider = Provider(reference: row[.provider], location: row[.location])
            let day = try medschedulerDay(row[.day], SlotColumn.day.rawValue)
            let seconds = try medschedulerSeconds(row[.time], SlotColumn.time.rawValue)
            guard seconds % 60 == 0 else {
                throw MedschedulerProblem("appointment_time is not a whole minute")
            }
            guard let minutes = Int(row[.minutes]), (1...1440).contains(minutes) else {
                throw MedschedulerProblem("slot_minutes is no number of 1 to 1440")
            }
            let index = known[provider] ?? data.providers.count
            if known.updateValue(index, forKey: provider) == nil {
                data.providers.append(provider)
            }
            guard data.slots[row[.slot]] == nil else {
                throw MedschedulerProblem("slot_id stands there twice")
            }
            data.slots[row[.slot]] = Slot(
                provider: index, day: day, minute: seconds / 60, minutes: minutes)
        }
    }

    private mutating func readPatients(_ folder: String) throws(CommandFailure) {
        try rows(
            try Self.sheet(folder, Self.patientFile), .patient, named: PatientColumn.patient
        ) { data, row throws(MedschedulerProblem) in
            let born = row[.born]
            data.patients.append(
                Patient(
                    reference: row[.patient],
                    name: row[.name].isEmpty ? row[.patient] : row[.name],
                    born: born.isEmpty ? nil : try medschedulerDay(born, "dob"),
                    line: row.source.line))
        }
    }

    private mutating func readAppointments(_ folder: String) throws(CommandFailure) {
        typealias Column = AppointmentColumn
        try rows(
            try Self.sheet(folder, Self.appointmentFile), .booking, named: Column.appointment
        ) { data, row throws(MedschedulerProblem) in
            data.appointments.append(try MedschedulerAppointment(row, data))
        }
        appointments.sort {
            ($0.madeOn, $0.reference) < ($1.madeOn, $1.reference)
        }
    }
}

/// Why a row makes no sense.
struct MedschedulerProblem: Error {
    let message: String

    init(_ message: String) { self.message = message }
}

/// `2023-01-02`.
func medschedulerDay(_ text: String, _ column: String) throws(MedschedulerProblem) -> LocalDate {
    guard let day = LocalDate(text) else {
        throw MedschedulerProblem("\(column) “\(text)” is no date")
    }
    return day
}

/// Seconds since midnight of `08:15:00`.
func medschedulerSeconds(_ text: String, _ column: String) throws(MedschedulerProblem) -> Int {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ $0.utf8.count == 2 }),
        let hours = UInt8(parts[0]), let minutes = UInt8(parts[1]), let seconds = UInt8(parts[2]),
        hours < 24, minutes < 60, seconds < 60
    else { throw MedschedulerProblem("\(column) “\(text)” is no time of day") }
    return Int(hours) * 3600 + Int(minutes) * 60 + Int(seconds)
}
