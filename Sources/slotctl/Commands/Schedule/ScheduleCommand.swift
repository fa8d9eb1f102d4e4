internal import ArgumentParser

/// `slotctl schedule`.
struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Hours, closures, time off and outages, and the bookings that they strand.",
        subcommands: [
            ScheduleSetLocationHours.self, ScheduleSetLocationDay.self, ScheduleAddClosure.self,
            ScheduleRemoveClosure.self, ScheduleSetProviderHours.self,
            ScheduleSetProviderDay.self, ScheduleAddTimeOff.self, ScheduleRemoveTimeOff.self,
            ScheduleAddOutage.self, ScheduleRemoveOutage.self, ScheduleReapplyBuffers.self,
            ScheduleStranded.self,
        ])
}
