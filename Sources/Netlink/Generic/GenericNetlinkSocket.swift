import CNetlink

/// What carries datagrams of one family of generic netlink: a socket, or a stand-in for tests.
package protocol GenericNetlinkTransport: NetlinkTransport {
    /// The number that the kernel gave to the family, the type of all its messages.
    var family: UInt16 { get }
}

/// A socket to one family of generic netlink.
package final class GenericNetlinkSocket: GenericNetlinkTransport {
    package let family: UInt16
    private let socket: NetlinkSocket

    /// Opens a socket, and asks the kernel for the family's number, which makes it load the module if it can.
    ///
    /// - Parameter family: The family's name.
    /// - Throws: `NetlinkFailure.familyMissing` when there is no such family.
    package init(family: String) throws(NetlinkFailure) {
        socket = try NetlinkSocket(NETLINK_GENERIC)
        self.family = try socket.handle.resolve(family: family)
    }

    package func send(_ datagram: [UInt8]) throws(NetlinkFailure) { try socket.send(datagram) }

    package func receive(timeout: Duration) throws(NetlinkFailure) -> NetlinkReception {
        try socket.receive(timeout: timeout)
    }
}
