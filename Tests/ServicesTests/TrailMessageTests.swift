import Engine
import Intervals
import Scheduling
import SlotdAPI
import SwiftProtobuf
import Testing

@testable import Services

/// What the trail tells of records.
@Suite struct TrailMessageTests {
    private var empty: Organization {
        Organization(
            profile: OrganizationProfile(
                id: Identifier(value: 1), version: 1, details: OrganizationProfile.Details()),
            zones: TimeZoneDatabase())
    }

    private func patient(_ name: String, _ version: Int64) -> Record {
        var details = Patient.Details()
        details.name = name
        details.phone = "212 555 0100"
        details.email = "ada@example.com"
        details.birthDate = LocalDate(year: 1985, month: 12, day: 10)
        details.externalRef = "p-1"
        return .patient(Patient(id: Identifier(value: 7), version: version, details: details))
    }

    @Test("what the proto files mark as identifying a person is found in their descriptors")
    func marks() {
        let marked = PersonalFields.all.marked
        for field in ["name", "birth_date", "phone", "email"] {
            #expect(marked.contains("slotd.v1.Patient.\(field)"))
        }
        #expect(marked.contains("slotd.v1.BoardCard.patient_name"))
        // A whole is marked by its parts.
        #expect(marked.contains("slotd.v1.GetPatientResponse.patient"))
        #expect(marked.contains("slotd.v1.GetBoardResponse.columns"))
        #expect(!marked.contains("slotd.v1.Patient.external_ref"))
        #expect(!marked.contains("slotd.v1.Booking.patient_id"))
    }

    @Test("of a patient only what does not identify them is told")
    func redacted() {
        let old = FieldValues(patient("Ada Lovelace", 1), in: empty)
        let new = FieldValues(patient("Ada King", 2), in: empty)
        let changes = old.changes(to: new)
        #expect(changes.map(\.field) == ["version", "name"])
        #expect(changes[0].before == "\"1\"" && changes[0].after == "\"2\"")
        #expect(changes[1].redacted && changes[1].before.isEmpty && changes[1].after.isEmpty)
        let made = FieldValues().changes(to: new)
        for change in made where change.redacted {
            #expect(change.before.isEmpty && change.after.isEmpty)
        }
        #expect(
            Set(made.filter(\.redacted).map(\.field)) == ["name", "birth_date", "phone", "email"])
        #expect(made.first { $0.field == "external_ref" }?.after == "\"p-1\"")
    }

    @Test("fields of every shape are told as JSON; long values by their length")
    func shapes() throws {
        var details = Location.Details()
        details.name = "Midtown: \"main\""
        details.timeZone = "UTC"
        details.hours = [try #require(WeeklyInterval(weekday: 1, startMinute: 540, endMinute: 600))]
        let row = Location(id: Identifier(value: 3), version: 4, details: details)
        let changes = FieldValues().changes(to: FieldValues(.location(row), in: empty))
        let fields = Dictionary(uniqueKeysWithValues: changes.map { ($0.field, $0.after) })
        #expect(fields["name"] == "\"Midtown: \\\"main\\\"\"")
        #expect(fields["version"] == "\"4\"")
        #expect(fields["hours"]?.hasPrefix("[{") == true)
        details.name = String(repeating: "x", count: 5000)
        let long = Location(id: row.id, version: 4, details: details)
        let change = FieldValues(.location(row), in: empty)
            .changes(to: FieldValues(.location(long), in: empty))
        #expect(change.map(\.field) == ["name"])
        #expect(change.first?.after == "\"(5002 bytes)\"")
    }
}
