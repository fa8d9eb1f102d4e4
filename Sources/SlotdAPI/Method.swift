public import SwiftProtobuf

/// Who sends how many messages in a call.
public enum MethodShape: Sendable {
    /// One request, one reply.
    case unary
    /// Many requests, one reply.
    case clientStreaming
    /// One request, many replies.
    case serverStreaming
    /// Many of both.
    case bidirectional
}

/// A method's path and shape, without its types.
public struct MethodName: Hashable, Sendable {
    /// As in HTTP/2's `:path`: `/package.Service/Method`.
    public let path: String
    /// Who sends how many messages.
    public let shape: MethodShape
}

/// A method with the types of its messages: what a server binds a handler to, and a client calls.
public struct Method<Request: Message, Response: Message>: Sendable {
    /// As in HTTP/2's `:path`: `/package.Service/Method`.
    public let path: String
    /// Who sends how many messages.
    public let shape: MethodShape

    /// The method without its types.
    public var name: MethodName { MethodName(path: path, shape: shape) }
}
