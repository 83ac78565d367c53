/// Carries datagrams to the kernel and back: a socket, or a stand-in for tests.
package protocol NetlinkTransport: AnyObject {
    /// Sends a datagram of one or more messages.
    ///
    /// - Parameter datagram: The messages, each aligned to 4 bytes.
    /// - Throws: `NetlinkFailure.system` when nothing was sent.
    func send(_ datagram: [UInt8]) throws(NetlinkFailure)

    /// Waits for the next datagram.
    ///
    /// - Parameter timeout: How long to wait; zero takes only what has already arrived.
    /// - Returns: The datagram, or why there is none.
    /// - Throws: `NetlinkFailure` when the socket can't be used any more.
    func receive(timeout: Duration) throws(NetlinkFailure) -> NetlinkReception
}

/// The result of waiting for a datagram.
package enum NetlinkReception: Hashable {
    /// One or more messages.
    case datagram([UInt8])
    /// The receive buffer was full, and the kernel dropped messages (`ENOBUFS`).
    case overrun
    /// Nothing came in time.
    case nothing
}
