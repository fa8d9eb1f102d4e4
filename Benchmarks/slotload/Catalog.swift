internal import GRPCWire
internal import RPC
internal import SlotdAPI
internal import SwiftProtobuf

/// A clinic as the measurements need it: one place, one service, providers who all keep the same
/// hours, and patients. Its records' ids.
struct Catalog {
    var location: String
    var service: String
    var providers: [String]
    var patients: [String]

    /// What to create.
    struct Plan {
        var providerCount: Int
        var patientCount: Int
        /// On each weekday of `days`, minutes of the local day.
        var hours: Range<Int32>
        var days: ClosedRange<Int>
        /// Offered durations in minutes; the first is the default.
        var durations: [Int32]
        var bufferAfter: Int32
        var horizonDays: Int32
    }

    /// Creates the records in the default organization.
    static func create(_ plan: Plan, on client: Client) async throws -> Catalog {
        let hours = plan.days.map { day in
            Slotd_V1_WeeklyInterval.with {
                $0.day = Slotd_V1_DayOfWeek(rawValue: day)!
                $0.startMinute = plan.hours.lowerBound
                $0.endMinute = plan.hours.upperBound
            }
        }
        let location = try await client.call(
            Methods.CatalogService.createLocation,
            .with {
                $0.location.name = "Harbor Street"
                $0.location.timeZone = "America/New_York"
                $0.location.hours = hours
            }
        ).location.id
        let providers = try await createProviders(plan.providerCount, client) {
            $0.locationID = location
            $0.hours = hours
        }
        let service = try await client.call(
            Methods.CatalogService.createService,
            .with {
                $0.service.name = "Consultation"
                $0.service.durationsMinutes = plan.durations
                $0.service.stepMinutes = 15
                $0.service.bufferAfterMinutes = plan.bufferAfter
                $0.service.horizonDays = plan.horizonDays
                $0.service.providerIds = providers
            }
        ).service.id
        let patients = try await createPatients(plan.patientCount, client)
        return Catalog(
            location: location, service: service, providers: providers, patients: patients)
    }

    private static func createProviders(
        _ count: Int, _ client: Client, schedule: (inout Slotd_V1_ProviderSchedule) -> Void
    ) async throws -> [String] {
        var ids: [String] = []
        for number in 1...count {
            let answer = try await client.call(
                Methods.CatalogService.createProvider,
                .with {
                    $0.provider.name = "Provider \(number)"
                    $0.provider.schedules = [.with(schedule)]
                })
            ids.append(answer.provider.id)
        }
        return ids
    }

    private static func createPatients(_ count: Int, _ client: Client) async throws -> [String] {
        var ids: [String] = []
        for number in 1...count {
            let answer = try await client.call(
                Methods.PatientService.createPatient,
                .with { $0.patient.name = "Patient \(number)" })
            ids.append(answer.patient.id)
        }
        return ids
    }
}
