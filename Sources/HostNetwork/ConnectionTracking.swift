package import Addresses
import BlockingCalls
import CNetlink
import Glibc
import Netlink

/// The connections through a service address that netfilter tracks.
///
/// An entry outlives its destination. With `net.ipv4.vs.conntrack=1`, IPVS drops packets that match such an entry. So a UDP
/// client that keeps sending from its port would get no answer until the entry expires.
package actor ConnectionTracking {
    private let executor = QueueExecutor(label: "service-manager.connection-tracking")

    /// All calls block, so they run on a thread of their own.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    package init() {}

    /// Deletes all tracked connections through a service address to one server.
    ///
    /// The next packet of each begins a new one.
    ///
    /// - Parameters:
    ///   - service: The service address.
    ///   - server: The server that was a destination.
    /// - Returns: The number of deleted connections.
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
            // A kernel that can't filter returns all connections.
            messages = try socket.dump(request, .connections, header: header)
        }
        return messages.compactMap { Conntrack.connection(type: Int($0.type), $0.payload) }
    }

    private func forget(_ connection: TrackedConnection, _ socket: inout RouteSocket) throws(RouteError) {
        let family = connection.target.address.family
        do throws(RouteError) {
            try socket.change(
                "delete a tracked connection to \(connection.target)",
                UInt16(Conntrack.delete),
                header: Conntrack.header(family),
                attributes: Conntrack.deletion(connection)
            )
        } catch  where error.failure.code == ENOENT {
            // It has expired meanwhile.
        }
    }
}
