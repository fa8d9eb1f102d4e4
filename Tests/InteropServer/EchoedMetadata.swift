internal import GRPCWire

/// What the metadata of a request asks of its answer.
enum EchoedMetadata {
    private static let initialKey = "x-grpc-test-echo-initial"
    private static let trailingKey = "x-grpc-test-echo-trailing-bin"

    /// The part to be sent back with the headers. Every value, in order.
    static func initial(of metadata: Metadata) -> Metadata {
        var echo = Metadata()
        for case .text(let text) in metadata.all(initialKey) { echo.append(initialKey, text) }
        return echo
    }

    /// The part to be sent back with the status. Every value, in order.
    static func trailing(of metadata: Metadata) -> Metadata {
        var echo = Metadata()
        for case .binary(let bytes) in metadata.all(trailingKey) { echo.append(trailingKey, bytes) }
        return echo
    }

    /// The status with the details the request gave.
    static func detailed(_ status: Status, by metadata: Metadata) -> Status {
        Status(
            status.code, status.message,
            details: metadata.firstBinary("x-slotd-test-details-bin") ?? status.details)
    }

    /// How long to wait before the answer.
    static func delay(of metadata: Metadata) -> Duration? {
        milliseconds(metadata.first("x-slotd-test-delay-ms"))
    }

    /// How long to wait after each request of a stream.
    static func readDelay(of metadata: Metadata) -> Duration? {
        milliseconds(metadata.first("x-slotd-test-read-delay-ms"))
    }

    private static func milliseconds(_ text: String?) -> Duration? {
        text.flatMap { UInt32($0) }.map { .milliseconds(Int64($0)) }
    }
}
