import CNetlink

/// Carries datagrams of one generic netlink family: a socket, or a stand-in for tests.
package protocol GenericNetlinkTransport: NetlinkTransport {
    /// The family's number, which the kernel assigns. It is the type of all its messages.
    var family: UInt16 { get }
}

/// A socket for one generic netlink family.
package final class GenericNetlinkSocket: GenericNetlinkTransport {
    package let family: UInt16
    private let socket: NetlinkSocket

    /// Opens a socket, and asks the kernel for the family's number, which loads the module if possible.
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
