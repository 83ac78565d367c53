/// The limits of the control socket.
package struct ControlLimits: Sendable {
    /// How many connections may be open; further ones are answered with 503.
    package var connections = 128

    /// How many of them are reserved for users who may change something, so that readers can't keep an operator out.
    package var reserved = 16

    /// How many connections may be answered with 503 at a time; further ones are closed without an answer.
    package var refusals = 32

    /// How long a connection may have no request, and a request may be incomplete.
    package var idle = Duration.seconds(60)

    /// How long a reader may read nothing.
    package var stalled = Duration.seconds(60)

    /// How many bytes of log lines may wait for their reader; its stream ends then.
    package var backlog = 8 << 20

    package init() {}
}
