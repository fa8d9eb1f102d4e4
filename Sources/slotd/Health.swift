/// The names of health that are no service's.
enum Health {
    /// Whether writes are taken, as they are while the disk has room.
    static let write = "slotd.write"
}
