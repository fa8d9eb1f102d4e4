internal import Foundation

/// What a measurement found; printed as JSON.
struct LoadReport: Encodable {
    var path: String
    var connections: Int
    /// Calls in flight on each connection.
    var inFlight: Int
    /// Calls per second that were asked for; nil in a closed loop.
    var rate: Double?
    var seconds: Double
    /// Right answers within the measured seconds.
    var answered: Int
    var perSecond: Double
    /// What went wrong, warm-up included, and how often.
    var errors: [String: Int]
    /// Bytes of a message, on average.
    var requestBytes: Int
    var answerBytes: Int
    /// The generator's share of a core. Near 1, the generator may have been the limit.
    var generatorBusy: Double
    var latencyMicroseconds: Percentiles
}

/// Prints a value as one JSON object.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
