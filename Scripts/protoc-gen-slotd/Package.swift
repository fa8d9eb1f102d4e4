// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "protoc-gen-slotd",
    dependencies: [
        // Exact, and as in the package's own manifest: it decides what the generated code is.
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0")
    ],
    targets: [
        .executableTarget(
            name: "protoc-gen-slotd",
            dependencies: [
                .product(name: "SwiftProtobufPluginLibrary", package: "swift-protobuf"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                // Not imported: it makes `swift build` also build the message generator.
                .product(name: "protoc-gen-swift", package: "swift-protobuf"),
            ])
    ]
)
