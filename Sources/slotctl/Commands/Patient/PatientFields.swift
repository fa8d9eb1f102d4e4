internal import ArgumentParser
internal import Intervals
internal import SlotdAPI

/// The flags of a patient.
struct PatientFields: ParsableArguments {
    @Option(help: "The name.") var name: String?
    @Option(help: "The birth date, as in 1990-12-10.") var born: String?
    @Option(help: "The phone number.") var phone: String?
    @Option(help: "The email address.") var email: String?
    @Option(name: .customLong("ref"), help: "Your own name of the patient.")
    var reference: String?

    func apply(
        to record: inout Slotd_V1_Patient, _ session: Session
    ) async throws(CommandFailure) {
        if let name { record.name = name }
        if let phone { record.phone = phone }
        if let email { record.email = email }
        if let reference { record.externalRef = reference }
        guard let born else { return }
        guard let day = LocalDate(born) else {
            throw .usage("“\(born)” is no date: write 1990-12-10")
        }
        record.birthDate = day.message
    }
}
