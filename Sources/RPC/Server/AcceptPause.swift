internal import NIOCore

/// Pauses accepting after an error such as EMFILE: the listening socket stays readable then, and
/// the loop would spin on it.
final class AcceptPause: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = Never

    private static let pause = TimeAmount.milliseconds(500)
    private var resumesAt: NIODeadline?

    func read(context: ChannelHandlerContext) {
        guard let resumesAt, NIODeadline.now() < resumesAt else {
            context.read()
            return
        }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(deadline: resumesAt) { bound.value.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        resumesAt = NIODeadline.now() + Self.pause
        context.fireErrorCaught(error)
    }
}
