extension Organization {
    /// The same, sharing nothing that changes, so that it may be looked at without the lock of the
    /// one that it was copied from. Costs nothing by itself: tables are copied when either is
    /// changed, and schedules are worked out anew when they are asked for.
    public var detached: Organization {
        var copy = self
        copy.schedules = ScheduleCache(zones: zones)
        return copy
    }
}
