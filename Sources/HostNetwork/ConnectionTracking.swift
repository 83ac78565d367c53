package import Addresses
import BlockingCalls
import CNetlink
import Glibc
import Netlink

/// Netfilter's memory of connections through a service address.
///
/// It outlives a destination: a UDP client that keeps sending from its port would be taken to the server that is gone
/// until the entry expires, because with `net.ipv4.vs.conntrack=1` IPVS drops the packet that finds it.
package actor ConnectionTracking {
    private let executor = QueueExecutor(label: "service-manager.connection-tracking")

    /// All calls block, and have a thread of their own.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    package init() {}

    /// Forgets all connections through a service address to one server; the next packet of each begins another.
    ///
    /// - Parameters:
    ///   - service: The service address.
    ///   - server: The server that was a destination.
    /// - Returns: How many there were.
    /// - Throws: `HostNetworkError.kernel`.
    package func forget(_ service: ServiceAddress, at server: Endpoint) throws(HostNetworkError) -> Int {
        do throws(RouteError) {
            var socket = try RouteSocket(NETLINK_NETFILTER)
            let found = try connections(through: service, &socket).filter {
                $0.transport == service.transport.number && $0.target == service.endpoint && $0.server == server
            }
            for connection in found { try forget(connection, &socket) }
            return found.count
        } catch {
            throw .kernel(error)
        }
    }

    private func connections(
        through service: ServiceAddress,
        _ socket: inout RouteSocket
    ) throws(RouteError) -> [TrackedConnection] {
        let request = "list the tracked connections through \(service)"
        let header = Conntrack.header(service.endpoint.address.family)
        let messages: [NetlinkMessage]
        do throws(RouteError) {
            messages = try socket.dump(
                request,
                .connections,
                header: header,
                attributes: Conntrack.filter(service)
            )
        } catch  where [EINVAL, EOPNOTSUPP].contains(error.failure.code) {
            // A kernel that can't choose them tells of all.
            messages = try socket.dump(request, .connections, header: header)
        }
        return messages.compactMap { Conntrack.connection(type: Int($0.type), $0.payload) }
    }

    private func forget(_ connection: TrackedConnection, _ socket: inout RouteSocket) throws(RouteError) {
        let family = connection.target.address.family
        do throws(RouteError) {
            try socket.change(
                "forget a tracked connection to \(connection.target)",
                UInt16(Conntrack.delete),
                header: Conntrack.header(family),
                attributes: Conntrack.deletion(connection)
            )
        } catch  where error.failure.code == ENOENT {
            // It has expired meanwhile.
        }
    }
}
