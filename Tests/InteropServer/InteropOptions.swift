internal import Foundation
internal import HTTP2
internal import NIOCore
internal import RPC
internal import SwiftProtobuf

/// What the command line says: where to listen, and which limits to make small enough to be met in
/// a test.
struct InteropOptions {
    enum Failure: Error, CustomStringConvertible {
        case unknownOption(String)
        case badValue(option: String, value: String)
        case noAddress

        var description: String {
            switch self {
            case .unknownOption(let name):
                "unknown option \(name); known are --listen, --descriptors, "
                    + InteropOptions.numbers.keys.sorted().joined(separator: ", ")
            case .badValue(let option, let value): "\(value) is no value for \(option)"
            case .noAddress: "--listen is missing"
            }
        }
    }

    private(set) var configuration = ServerConfiguration(addresses: [])
    /// How long a drain waits for calls under way.
    private(set) var drainGrace = TimeAmount.seconds(10)
    /// What reflection tells: serialized `FileDescriptorProto` messages.
    private(set) var descriptors: [[UInt8]] = []

    init(_ arguments: some Sequence<String>) throws {
        var arguments = arguments.makeIterator()
        while let option = arguments.next() {
            let value = arguments.next() ?? ""
            switch option {
            case "--listen":
                guard let target = SocketTarget(value) else {
                    throw Failure.badValue(option: option, value: value)
                }
                configuration.addresses.append(target)
            case "--descriptors":
                descriptors = try Self.readDescriptors(path: value)
            default:
                guard let set = Self.numbers[option] else { throw Failure.unknownOption(option) }
                guard let number = UInt32(value), number <= Int32.max else {
                    throw Failure.badValue(option: option, value: value)
                }
                set(&self, Int(number))
            }
        }
        guard !configuration.addresses.isEmpty else { throw Failure.noAddress }
    }

    /// The options that carry a number, with what each sets. Times are in milliseconds, sizes in
    /// bytes.
    private static let numbers: [String: @Sendable (inout InteropOptions, Int) -> Void] = [
        "--loops": { $0.configuration.loopCount = $1 },
        "--receive-max": { $0.configuration.limits.receiveMessageBytesMax = $1 },
        "--send-max": { $0.configuration.limits.sendMessageBytesMax = $1 },
        "--send-buffer-max": { $0.configuration.limits.sendBufferBytesMax = $1 },
        "--stream-window": {
            $0.configuration.limits.session.streamWindowBytes = UInt32($1)
        },
        "--connection-window": {
            $0.configuration.limits.session.connectionWindowBytes = Int32($1)
        },
        "--concurrent-streams": {
            $0.configuration.limits.session.concurrentStreamsMax = UInt32($1)
        },
        "--header-list-max": { $0.configuration.limits.session.headerListBytesMax = $1 },
        "--running-calls": { $0.configuration.limits.runningCallsPerConnectionMax = $1 },
        "--unary-deadline": {
            $0.configuration.limits.unaryDeadlineDefault = .milliseconds(Int64($1))
        },
        "--unary-deadline-max": {
            $0.configuration.limits.unaryDeadlineMax = .milliseconds(Int64($1))
        },
        "--handshake-timeout": {
            $0.configuration.limits.handshakeTimeout = .milliseconds(Int64($1))
        },
        "--write-stall-timeout": {
            $0.configuration.limits.writeStallTimeout = .milliseconds(Int64($1))
        },
        "--drain-grace": { $0.drainGrace = .milliseconds(Int64($1)) },
    ]

    /// Takes a `FileDescriptorSet`, as protoc's `--descriptor_set_out` writes it, apart.
    private static func readDescriptors(path: String) throws -> [[UInt8]] {
        let data = try Data(contentsOf: URL(filePath: path))
        let set = try Google_Protobuf_FileDescriptorSet(serializedBytes: data)
        return try set.file.map { try $0.serializedBytes() }
    }
}
