// swift-tools-version: 6.2
import PackageDescription

// The house: arrows only point down. Tests/HouseTests/ImportTableTests.swift holds the same table
// and fails on an import that is not in it; change both in one commit.

/// Settings of every Swift target of ours: Swift 6 mode comes from the tools version.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
/// Generated and C-interop targets keep their own style but the same language mode.
let generated: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault")
]

/// The oracle tries every minute of a world: most of the time that the tests took, in debug.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// The revision that --version shows: what the builder names in the environment. A manifest is
/// cached by its text and its environment, so asking git here would show an older one.
let revision: [CSetting] =
    Context.environment["SLOTD_REVISION"].map {
        [.define("SLOTD_REVISION", to: "\"\($0)\"")]
    } ?? []

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioLocks: Target.Dependency = .product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let arguments: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

let package = Package(
    name: "slotd",
    products: [
        .executable(name: "slotd", targets: ["slotd"]),
        .executable(name: "slotctl", targets: ["slotctl"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // Exact: a later generator would write other code than what is committed, and a later
        // parser other help than the goldens hold, so a release elsewhere would fail a build that
        // passed. Raise them in a commit of its own, with what they change.
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Ground floor: the C libraries, and values that import nothing.
        .systemLibrary(
            name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CRevision", cSettings: revision),
        .target(name: "CStandardStreams"),
        .target(name: "Intervals", swiftSettings: strict),
        .target(name: "GRPCWire", swiftSettings: strict),
        .target(name: "WireFormat", swiftSettings: strict),

        // First floor.
        .target(name: "Scheduling", dependencies: ["Intervals"], swiftSettings: strict),
        .target(name: "HTTP2", dependencies: ["CNghttp2"], swiftSettings: strict),
        .target(name: "SQLite", dependencies: ["CSQLite"], swiftSettings: strict),
        .target(name: "Gzip", dependencies: ["CZlib"], swiftSettings: strict),
        .target(name: "SlotdAPI", dependencies: [protobuf], swiftSettings: generated),

        // Second floor.
        .target(
            name: "Engine", dependencies: ["Scheduling", "Intervals", nioLocks],
            swiftSettings: strict),
        .target(
            name: "Workload", dependencies: ["Scheduling", "Intervals"], swiftSettings: strict),

        // Third floor.
        .target(
            name: "Storage",
            dependencies: [
                "Engine", "Scheduling", "Intervals", "SQLite", "WireFormat", protobuf, crypto,
            ],
            swiftSettings: strict),
        .target(
            name: "RPC",
            dependencies: [
                "HTTP2", "GRPCWire", "Gzip", nioCore, nioPosix, nioLocks, protobuf, logging,
            ],
            swiftSettings: strict),
        .target(
            name: "Services",
            dependencies: [
                "Engine", "Scheduling", "Intervals", "SlotdAPI", "GRPCWire", "WireFormat",
                protobuf,
            ],
            swiftSettings: strict),

        // The roof.
        .executableTarget(
            name: "slotd",
            dependencies: [
                "Engine", "Scheduling", "Intervals", "Storage", "RPC", "Services", "SlotdAPI",
                "GRPCWire", "CRevision", "CStandardStreams", nioCore, nioPosix, nioLocks, arguments,
                logging,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "slotctl",
            dependencies: [
                "RPC", "GRPCWire", "SlotdAPI", "Gzip", "Intervals", "Scheduling", "Workload",
                "CRevision", "CStandardStreams", protobuf, arguments,
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),

        // Beside the house.
        .executableTarget(
            name: "slotload",
            dependencies: [
                "RPC", "HTTP2", "GRPCWire", "SlotdAPI", "Workload", protobuf, nioCore, nioPosix,
                arguments,
            ],
            path: "Benchmarks/slotload", swiftSettings: strict),
        .executableTarget(
            name: "searchspeed", dependencies: ["Scheduling", "Intervals", "Workload"],
            path: "Benchmarks/searchspeed", swiftSettings: strict),

        // Tests, and what they share.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        .executableTarget(
            name: "InteropServer",
            dependencies: ["RPC", "HTTP2", "GRPCWire", protobuf, nioCore, nioLocks, logging],
            path: "Tests/InteropServer", swiftSettings: strict),
        .executableTarget(
            name: "EchoServer", dependencies: ["RPC", "GRPCWire", nioCore, logging],
            path: "Tests/EchoServer", swiftSettings: strict),
        .testTarget(name: "HouseTests", swiftSettings: strict),
        .testTarget(
            name: "IntervalsTests", dependencies: ["Intervals", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "GRPCWireTests", dependencies: ["GRPCWire", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "SchedulingTests",
            dependencies: ["Scheduling", "Intervals", "Workload", "TestSupport"],
            swiftSettings: strict + optimized),
        .testTarget(
            name: "HTTP2Tests", dependencies: ["HTTP2", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "SQLiteTests", dependencies: ["SQLite", "CSQLite", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "EngineTests", dependencies: ["Engine", "Scheduling", "Intervals", nioLocks],
            swiftSettings: strict),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "Storage", "Engine", "Scheduling", "Intervals", "SQLite", "WireFormat", "Workload",
                protobuf, "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ModelTests",
            dependencies: [
                "Storage", "Engine", "Scheduling", "Intervals", "Workload", nioLocks, "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RPCTests",
            dependencies: [
                "RPC", "GRPCWire", "HTTP2", "Gzip", nioCore, nioPosix, nioEmbedded, logging,
                "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ServicesTests",
            dependencies: [
                "Services", "Engine", "Scheduling", "Intervals", "SlotdAPI", "GRPCWire",
                "WireFormat", "Workload", protobuf,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SlotctlTests",
            dependencies: [
                "slotctl", "SlotdAPI", "Gzip", "GRPCWire", "RPC", "Intervals", protobuf, arguments,
            ],
            resources: [.copy("Fixtures")],
            swiftSettings: strict),
    ]
)
