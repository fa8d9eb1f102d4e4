public import GRPCWire
internal import SwiftProtobuf

/// `grpc.reflection.v1` and `v1alpha`: lets tools such as grpcurl and `buf curl` ask what a server
/// serves. Both versions have the same messages on the wire, so one implementation answers both.
///
/// ```swift
/// let reflection = ReflectionService(descriptors: SlotdDescriptors.files)
/// reflection.register(in: &table)   // last, so that it lists everything else
/// ```
public struct ReflectionService: Sendable {
    private let index: DescriptorIndex

    /// - Parameter descriptors: serialized `FileDescriptorProto` messages of the services and of
    ///   everything they import. Those of health and reflection are known already.
    public init(descriptors: [[UInt8]]) {
        index = DescriptorIndex(descriptors: descriptors + OwnDescriptors.files)
    }

    /// Adds both versions to a routing table; they list the services the table has at this moment,
    /// and themselves.
    public func register(in table: inout ServiceTable) {
        let versions = ["v1", "v1alpha"].map { "grpc.reflection.\($0).ServerReflection" }
        let names = (table.serviceNames + versions).sorted()
        let index = index
        for version in versions {
            table.stream(
                "/\(version)/ServerReflectionInfo", kind: .bidirectional
            ) { stream throws(Status) in
                for try await message in stream.requests {
                    try await stream.send(Self.answer(message.bytes, index, names))
                }
            }
        }
    }

    private static func answer(
        _ bytes: [UInt8], _ index: DescriptorIndex, _ names: [String]
    ) throws(Status) -> [UInt8] {
        do {
            let request = try Grpc_Reflection_V1_ServerReflectionRequest(serializedBytes: bytes)
            var response = Grpc_Reflection_V1_ServerReflectionResponse()
            response.validHost = request.host
            response.originalRequest = request
            response.messageResponse = content(request, index, names)
            return try response.serializedBytes()
        } catch {
            throw Status(.internal, "the request is not a ServerReflectionRequest")
        }
    }

    /// Errors stay inside the answer: the stream goes on.
    private static func content(
        _ request: Grpc_Reflection_V1_ServerReflectionRequest, _ index: DescriptorIndex,
        _ names: [String]
    ) -> Grpc_Reflection_V1_ServerReflectionResponse.OneOf_MessageResponse {
        switch request.messageRequest {
        case .fileByFilename(let name):
            return files(index.files(named: name), missing: "file \(name)")
        case .fileContainingSymbol(let symbol):
            return files(index.files(declaring: symbol), missing: "symbol \(symbol)")
        case .fileContainingExtension(let question):
            // None of our files declares an extension.
            return files(
                nil, missing: "extension \(question.extensionNumber) of \(question.containingType)")
        case .allExtensionNumbersOfType(let type):
            guard index.files(declaring: type) != nil else {
                return files(nil, missing: "type \(type)")
            }
            var none = Grpc_Reflection_V1_ExtensionNumberResponse()
            none.baseTypeName = type
            return .allExtensionNumbersResponse(none)
        case .listServices:
            var list = Grpc_Reflection_V1_ListServiceResponse()
            list.service = names.map { name in
                var service = Grpc_Reflection_V1_ServiceResponse()
                service.name = name
                return service
            }
            return .listServicesResponse(list)
        case nil:
            return error(.invalidArgument, "the request asks nothing")
        }
    }

    private static func files(
        _ files: [[UInt8]]?, missing: String
    ) -> Grpc_Reflection_V1_ServerReflectionResponse.OneOf_MessageResponse {
        guard let files else { return error(.notFound, "\(missing) is not known") }
        // The generated field wants Foundation's Data, which this target does without: the message
        // is written by hand (field 1, length-delimited) and read back.
        var bytes: [UInt8] = []
        for file in files {
            bytes.append(0x0A)
            var length = file.count
            while length > 0x7F {
                bytes.append(UInt8(length & 0x7F) | 0x80)
                length >>= 7
            }
            bytes.append(UInt8(length))
            bytes += file
        }
        guard
            let response = try? Grpc_Reflection_V1_FileDescriptorResponse(serializedBytes: bytes)
        else { return error(.internal, "a descriptor could not be encoded") }
        return .fileDescriptorResponse(response)
    }

    private static func error(
        _ code: StatusCode, _ message: String
    ) -> Grpc_Reflection_V1_ServerReflectionResponse.OneOf_MessageResponse {
        var response = Grpc_Reflection_V1_ErrorResponse()
        response.errorCode = Int32(code.rawValue)
        response.errorMessage = message
        return .errorResponse(response)
    }
}
