internal import Engine
internal import GRPCWire
internal import Scheduling
internal import SlotdAPI
internal import SwiftProtobuf

// The access log sees calls from outside: it stands between the server and the handlers, and
// neither knows of it. Without a log nothing stands there, and a call costs what it costs.

extension Services {
    /// Adds the routes to a table, each told of to a log.
    func register(
        _ routes: [ServiceTable.Route], toldTo log: AccessLog, in table: inout ServiceTable
    ) {
        for route in routes {
            let observer = AccessObserver(
                rpc: rpcName(route.path), kind: AccessKind(rpc: rpcName(route.path)), log: log,
                services: self)
            switch route.handler {
            case .unary(let handler):
                table.unary(route.path) { context, bytes in
                    let call = ObservedCall(
                        observer, context, bytes.prefix(AccessNote.keptBytes))
                    let answer = handler(context.answered(through: call), bytes)
                    if case .parked = answer { return .parked }
                    call.tell(answer)
                    return answer
                }
            case .stream(let kind, let handler):
                table.stream(route.path, kind: kind) { stream throws(Status) in
                    let begun = observer.services.monotonic()
                    // One request says what is looked at; many, as of an import, say it elsewhere.
                    let told = kind == .server && observer.kind.looksAtPatients
                    let seen: any ServerStream =
                        told ? ObservedStream(stream: stream, observer: observer) : stream
                    do throws(Status) {
                        try await handler(seen)
                    } catch {
                        observer.tell(stream.metadata, since: begun, [], .failure(error))
                        throw error
                    }
                    observer.tell(stream.metadata, since: begun, [], .success([]))
                }
            }
        }
    }
}

extension Services {
    /// Tells of a call that no handler has seen. The name of a method that is not served is left
    /// out: it is whatever the client wrote.
    func tell(_ refused: RefusedCall, to log: AccessLog) {
        let rpc = refused.method.map(rpcName) ?? "unknown"
        // Health and reflection know nobody.
        let isOurs = refused.method?.hasPrefix("/slotd.") ?? false
        let observer = AccessObserver(
            rpc: rpc, kind: isOurs ? AccessKind(rpc: rpc) : .other, log: log, services: self)
        let now = monotonic()
        observer.tell(
            refused.metadata, since: now - min(now, refused.nanoseconds), [],
            .failure(refused.status))
    }
}

/// Makes the notes of one method's calls.
private struct AccessObserver: Sendable {
    let rpc: String
    let kind: AccessKind
    let log: AccessLog
    let services: Services

    /// Tells of a call that has ended, unless it is one that need not be.
    func tell(
        _ metadata: Metadata, since begun: UInt64, _ request: ArraySlice<UInt8>,
        _ result: Result<[UInt8], Status>
    ) {
        switch result {
        case .success(let reply):
            guard kind.looksAtPatients || log.takesOther() else { return }
            var note = note(metadata, .ended(.ok, reason: nil), since: begun, request)
            // Of free time and the catalog only what was asked for is of interest.
            if kind != .other { note.reply = reply.prefix(AccessNote.keptBytes) }
            log.take(note)
        case .failure(let status):
            let progress = AccessNote.Progress.ended(status.code, reason: status.reasonName)
            log.take(note(metadata, progress, since: begun, request))
        }
    }

    func note(
        _ metadata: Metadata, _ progress: AccessNote.Progress, since begun: UInt64,
        _ request: ArraySlice<UInt8>
    ) -> AccessNote {
        let organization = metadata.first(Caller.organizationKey) ?? Engine.defaultOrganization
        let actor = metadata.first(Caller.actorKey) ?? "anonymous"
        let role = metadata.first(Caller.roleKey) ?? CallerRole.staff.rawValue
        let now = services.monotonic()
        return AccessNote(
            rpc: rpc, kind: kind,
            organization: services.engine.organization(organization)?.id.description,
            actor: (1...64).contains(actor.count) ? actor : nil,
            role: CallerRole(rawValue: role)?.rawValue, progress: progress,
            nanoseconds: now > begun ? now - begun : 0, request: request)
    }
}

/// A unary call on its way through: whoever finishes it passes here.
private final class ObservedCall: CallResponder {
    private let observer: AccessObserver
    private let context: CallContext
    private let request: ArraySlice<UInt8>
    private let begun: UInt64

    init(_ observer: AccessObserver, _ context: CallContext, _ request: ArraySlice<UInt8>) {
        self.observer = observer
        self.context = context
        self.request = request
        begun = observer.services.monotonic()
    }

    func finish(_ answer: UnaryAnswer, token: UInt64) {
        tell(answer)
        context.park().finish(answer)
    }

    var peer: String { context.peer }

    func tell(_ answer: UnaryAnswer) {
        let result: Result<[UInt8], Status>
        switch answer {
        case .message(let bytes): result = .success(bytes)
        case .status(let status): result = .failure(status)
        case .reply(let reply): result = reply.result
        case .parked: return
        }
        observer.tell(context.metadata, since: begun, request, result)
    }
}

/// A call with one request and many replies, told of as soon as the request has been read: it may
/// go on for hours.
private struct ObservedStream: ServerStream {
    let stream: any ServerStream
    let observer: AccessObserver

    var method: String { stream.method }
    var metadata: Metadata { stream.metadata }
    var deadline: UInt64? { stream.deadline }
    var loop: Int { stream.loop }
    var peer: String { stream.peer }
    var requests: StreamMessages {
        StreamMessages(ObservedRequests(stream: stream, observer: observer))
    }

    func sendHeaders(_ metadata: Metadata) async throws(Status) {
        try await stream.sendHeaders(metadata)
    }

    func send(_ message: [UInt8], compress: Bool) async throws(Status) {
        try await stream.send(message, compress: compress)
    }

    func setTrailers(_ metadata: Metadata) async {
        await stream.setTrailers(metadata)
    }
}

/// The requests of such a call, of which the transport lets one through.
private final class ObservedRequests: MessageSource {
    private let stream: any ServerStream
    private let observer: AccessObserver

    init(stream: any ServerStream, observer: AccessObserver) {
        self.stream = stream
        self.observer = observer
    }

    func nextMessage() async throws(Status) -> StreamMessage? {
        // An iterator holds nothing but the source, so each message may come by one of its own.
        var iterator = stream.requests.makeAsyncIterator()
        guard let message = try await iterator.next() else { return nil }
        let begun = observer.services.monotonic()
        observer.log.take(
            observer.note(
                stream.metadata, .opened, since: begun,
                message.bytes.prefix(AccessNote.keptBytes)))
        return message
    }
}

extension Status {
    /// The name of the reason in the details; nil for a failure that is none of the core's.
    fileprivate var reasonName: String? {
        guard let details, let status = try? Google_Rpc_Status(serializedBytes: details) else {
            return nil
        }
        for detail in status.details where detail.isA(Google_Rpc_ErrorInfo.self) {
            if let info = try? Google_Rpc_ErrorInfo(unpackingAny: detail) { return info.reason }
        }
        return nil
    }
}
