internal import GRPCWire
internal import SlotdAPI
internal import SwiftProtobuf

extension CommandFailure {
    /// What a call's status says, with its `google.rpc` details where the daemon sent them.
    init(_ status: Status) {
        self.init(
            code: status.code.description, exitStatus: ExitStatus(status.code),
            message: status.message.isEmpty ? status.code.description : status.message)
        isRetryable = status.code == .unavailable || status.code == .deadlineExceeded
        guard let bytes = status.details,
            let details = try? Google_Rpc_Status(serializedBytes: bytes)
        else { return }
        for detail in details.details { take(detail) }
    }

    private mutating func take(_ detail: Google_Protobuf_Any) {
        if let info = try? Google_Rpc_ErrorInfo(unpackingAny: detail) {
            reason = info.reason
            facts = info.metadata
        } else if let request = try? Google_Rpc_BadRequest(unpackingAny: detail) {
            violations = request.fieldViolations.map {
                Violation(field: $0.field, description: $0.description_p)
            }
        } else if let list = try? Google_Rpc_PreconditionFailure(unpackingAny: detail) {
            violations = list.violations.map {
                Violation(field: $0.subject, description: "\($0.type): \($0.description_p)")
            }
        } else if let record = try? Google_Rpc_ResourceInfo(unpackingAny: detail) {
            resource = Resource(kind: record.resourceType, id: record.resourceName)
        } else if let retry = try? Google_Rpc_RetryInfo(unpackingAny: detail) {
            retryAfterSeconds =
                Double(retry.retryDelay.seconds) + Double(retry.retryDelay.nanos) / 1e9
            isRetryable = true
        }
    }
}
