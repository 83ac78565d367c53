import CNetlink
import Dispatch
import Glibc
import Netlink

/// Reports when an address of this host is added or removed (rtnetlink(7), `RTMGRP_IPV4_IFADDR` and `RTMGRP_IPV6_IFADDR`).
package enum AddressChanges {
    /// The changes from now on, in the network namespace of the calling thread; changes close together count as one.
    ///
    /// The stream ends with the task that reads it.
    ///
    /// - Throws: `HostNetworkError.kernel` when the socket can't be opened.
    package static func stream() throws(HostNetworkError) -> AsyncStream<Void> {
        let type = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_NETLINK, type, NETLINK_ROUTE)
        guard descriptor >= 0 else { throw failure(errno) }
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        address.nl_groups = UInt32(RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_nl>.size)) == 0 ? 0 : errno
            }
        }
        guard code == 0 else {
            close(descriptor)
            throw failure(code)
        }
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let source = DispatchSource.makeReadSource(
            fileDescriptor: descriptor,
            queue: DispatchQueue(label: "service-manager.address-changes")
        )
        source.setEventHandler {
            // The content of the messages doesn't matter. A message that was dropped for lack of space counts as well.
            var buffer = [UInt8](repeating: 0, count: 16_384)
            var count = 0
            repeat {
                count = recv(descriptor, &buffer, buffer.count, 0)
            } while count > 0 || (count < 0 && errno == ENOBUFS)
            continuation.yield()
        }
        source.setCancelHandler { close(descriptor) }
        source.activate()
        // A dispatch source may be cancelled by any thread at any time (dispatch_source_cancel(3)).
        nonisolated(unsafe) let active = source
        continuation.onTermination = { _ in active.cancel() }
        return stream
    }

    private static func failure(_ code: Int32) -> HostNetworkError {
        .kernel(RouteError("report changes of addresses", .system(call: "bind", code: code)))
    }
}
