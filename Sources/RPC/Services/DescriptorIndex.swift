internal import SwiftProtobuf

/// Proto files by name and by the symbols they declare, as reflection is asked for them.
struct DescriptorIndex: Sendable {
    private struct File {
        let bytes: [UInt8]
        let dependencies: [String]
    }

    private var files: [String: File] = [:]
    private var fileBySymbol: [String: String] = [:]

    /// - Parameter descriptors: serialized `FileDescriptorProto` messages; one that can not be read
    ///   is a bug of the build that made it, and traps.
    init(descriptors: [[UInt8]]) {
        for bytes in descriptors {
            guard let file = try? Google_Protobuf_FileDescriptorProto(serializedBytes: bytes) else {
                preconditionFailure("a file descriptor of \(bytes.count) bytes can not be read")
            }
            add(file, bytes)
        }
    }

    private mutating func add(_ file: Google_Protobuf_FileDescriptorProto, _ bytes: [UInt8]) {
        guard files[file.name] == nil else { return }
        files[file.name] = File(bytes: bytes, dependencies: file.dependency)
        let prefix = file.package.isEmpty ? "" : file.package + "."
        for service in file.service {
            fileBySymbol[prefix + service.name] = file.name
            for method in service.method {
                fileBySymbol["\(prefix)\(service.name).\(method.name)"] = file.name
            }
        }
        addEnums(file.enumType, prefix, file.name)
        // Nested messages are worked through with a list, not by recursion.
        var pending = file.messageType.map { (prefix, $0) }
        while let (scope, message) = pending.popLast() {
            let name = scope + message.name
            fileBySymbol[name] = file.name
            for field in message.field { fileBySymbol["\(name).\(field.name)"] = file.name }
            addEnums(message.enumType, name + ".", file.name)
            pending += message.nestedType.map { (name + ".", $0) }
        }
    }

    private mutating func addEnums(
        _ enums: [Google_Protobuf_EnumDescriptorProto], _ scope: String, _ file: String
    ) {
        for type in enums {
            fileBySymbol[scope + type.name] = file
            // The values of an enum are siblings of its name, as in C++.
            for value in type.value { fileBySymbol[scope + value.name] = file }
        }
    }

    /// The file of a name and everything it imports, the file first; nil when it is unknown.
    func files(named name: String) -> [[UInt8]]? {
        guard files[name] != nil else { return nil }
        var found: [[UInt8]] = []
        var seen: Set<String> = [name]
        var pending = [name]
        while let next = pending.popLast() {
            guard let file = files[next] else { continue }
            found.append(file.bytes)
            for dependency in file.dependencies where seen.insert(dependency).inserted {
                pending.append(dependency)
            }
        }
        return found
    }

    /// The file that declares a symbol and everything it imports; nil when it is unknown.
    func files(declaring symbol: String) -> [[UInt8]]? {
        fileBySymbol[symbol].flatMap { files(named: $0) }
    }
}
