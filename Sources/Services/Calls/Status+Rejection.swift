internal import GRPCWire
internal import Intervals
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// The one place where a refusal of the core becomes a gRPC status (api.md, Errors).

/// Bounds of what a refusal carries. It travels in header fields, of which clients take 8 KiB; what
/// is longer than they take would reach the caller as another error.
private enum RefusalLimits {
    /// Bytes of the message, and of the name of the record that it is about.
    static let text = 400
    /// Bytes of the sentence about one of several records.
    static let sentence = 100
    /// Ids of records that stand in the way.
    static let blocking = 16
}

extension Status {
    init(_ rejection: Rejection, now: Instant) {
        let code = rejection.reason.code
        var rejection = rejection
        rejection.message = rejection.message.clipped(toBytes: RefusalLimits.text)
        var status = Google_Rpc_Status()
        status.code = Int32(code.rawValue)
        status.message = rejection.message
        status.details = rejection.details(now: now)
        let bytes: [UInt8]? = try? status.serializedBytes()
        self.init(code, rejection.message, details: bytes)
    }
}

extension UnaryAnswer {
    /// A refusal. A caller that may come back at a certain time is told so in the trailers as well,
    /// where gRPC's retry policy looks
    /// (https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback).
    init(_ rejection: Rejection, now: Instant) {
        let status = Status(rejection, now: now)
        guard rejection.reason == .overloaded, let retryAt = rejection.retryAt else {
            self = .status(status)
            return
        }
        var trailers = Metadata()
        trailers.append(
            "grpc-retry-pushback-ms", String(max(0, retryAt.milliseconds - now.milliseconds)))
        self = .reply(UnaryReply(.failure(status), trailingMetadata: trailers))
    }
}

extension Reason {
    var code: StatusCode {
        switch self {
        case .invalidValue, .keyReused, .durationNotOffered: .invalidArgument
        case .unknownRecord, .unknownOrganization: .notFound
        case .externalRefTaken: .alreadyExists
        case .versionMismatch: .aborted
        case .tooManyHolds, .storageFull, .tooManyWatchers: .resourceExhausted
        case .resync: .outOfRange
        case .storageFailed, .overloaded: .unavailable
        case .overrideNotAllowed: .permissionDenied
        case .locationInactive, .providerDisabled, .serviceNotOffered, .locationClosed,
            .outsideHours, .timeOff, .slotTaken, .slotHeld, .buffer, .offStep, .tooSoon, .tooFar,
            .resourceOut, .resourceTaken, .dailyCap, .patientOverlap, .strandedBookings,
            .zoneShifted,
            .holdExpired, .holdMismatch, .holdLifetime, .stage, .cancelled, .procedureActive,
            .notStartedYet, .procedureOpen, .nothingToUndo, .procedureSigned, .chargeBilled,
            .chargeOpen, .bulkRefused, .mdPermission, .chargeStatus, .refundTooLarge,
            .depositPaid, .otherLocation, .alreadyAttached, .procedureAttached,
            .patientMismatch, .patientMerged, .segmentNeeded, .notAttached, .procedureStatus,
            .stepIncomplete, .wrongServiceForType, .procedureTypeInactive, .testClockOff:
            .failedPrecondition
        }
    }

    /// As `google.rpc.ErrorInfo` has it: the API's name without its prefix, SLOT_TAKEN for
    /// `slotTaken`. A test compares them all with the proto file.
    var name: String { Self.names[Int(rawValue)] }

    private static let names: [String] = {
        var names = [String](repeating: "", count: 256)
        for reason in Reason.allCases {
            names[Int(reason.rawValue)] = String(describing: reason).reduce(into: "") {
                if $1.isUppercase { $0.append("_") }
                $0.append(contentsOf: $1.uppercased())
            }
        }
        return names
    }()
}

extension Rejection {
    /// The versions of records of a list of which others were expected.
    private var currentVersions: String? {
        let versions = failures.prefix(RefusalLimits.blocking).compactMap { failure in
            failure.currentVersion.map { "\(failure.id)=\($0)" }
        }
        return versions.isEmpty ? nil : versions.joined(separator: ",")
    }

    fileprivate func details(now: Instant) -> [Google_Protobuf_Any] {
        var info = Google_Rpc_ErrorInfo()
        info.reason = reason.name
        info.domain = "slotd"
        if !blocking.isEmpty {
            info.metadata["blocking_ids"] = blocking.prefix(RefusalLimits.blocking)
                .joined(separator: ",")
            info.metadata["blocking_count"] = String(blocking.count)
        }
        if let nextFree { info.metadata["next_free"] = rfc3339(Minute(sinceEpoch: nextFree)) }
        if let currentVersion { info.metadata["current_version"] = String(currentVersion) }
        if let currentVersions { info.metadata["current_versions"] = currentVersions }
        if let isSlotStale { info.metadata["slot_stale"] = String(isSlotStale) }
        if let rule = reason.rule { info.metadata["rule"] = rule }
        var messages: [any Message] = [info]
        if let field {
            messages.append(
                Google_Rpc_BadRequest.with {
                    $0.fieldViolations = [
                        .with {
                            $0.field = field
                            $0.description_p = message
                        }
                    ]
                })
        }
        if let resource {
            messages.append(
                Google_Rpc_ResourceInfo.with {
                    $0.resourceType = resource.kind
                    $0.resourceName = resource.id.clipped(toBytes: RefusalLimits.text)
                })
        }
        if !failures.isEmpty {
            messages.append(
                Google_Rpc_PreconditionFailure.with {
                    $0.violations = failures.prefix(RefusalLimits.blocking).map { failure in
                        .with {
                            $0.type = failure.reason.name
                            $0.subject = failure.id
                            $0.description_p = failure.message.clipped(
                                toBytes: RefusalLimits.sentence)
                        }
                    }
                })
        }
        if let retryAt {
            let wait = max(0, retryAt.milliseconds - now.milliseconds)
            messages.append(
                Google_Rpc_RetryInfo.with {
                    $0.retryDelay.seconds = wait / 1000
                    $0.retryDelay.nanos = Int32(wait % 1000) * 1_000_000
                })
        }
        return messages.compactMap { try? Google_Protobuf_Any(message: $0) }
    }
}

extension String {
    /// The text, cut between two characters where it is longer.
    fileprivate func clipped(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: limit)
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return self[..<end] + "…"
    }
}

/// RFC 3339 in UTC, on the second.
private func rfc3339(_ minute: Minute) -> String {
    // `Minute` writes 2026-03-08T07:00Z.
    String(minute.description.dropLast()) + ":00Z"
}
