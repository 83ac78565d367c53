/// What the control socket takes on at most.
package struct ControlLimits: Sendable {
    /// How many connections may be open; one more is answered with 503.
    package var connections = 128

    /// How many of them are kept for those who may change something, so that readers can't keep an operator out.
    package var reserved = 16

    /// How many may be told that there are too many, at a time; further ones are closed without a word.
    package var refusals = 32

    /// How long a connection may be without a request, and a request incomplete.
    package var idle = Duration.seconds(60)

    /// How long a reader may take nothing of what is written to it.
    package var stalled = Duration.seconds(60)

    /// How many bytes of log lines may wait for their reader; then its stream ends.
    package var backlog = 8 << 20

    package init() {}
}
