import CNetlink
import Glibc

/// A netlink socket (netlink(7)) in the network namespace that the process was in when it was opened.
package final class NetlinkSocket: NetlinkTransport {
    let handle: NetlinkHandle
    private var buffer = [UInt8](repeating: 0, count: NetlinkSocket.bufferSize)

    /// The kernel puts at most 32 KiB of a dump into a datagram (`netlink_dump`), and less than that into other replies.
    private static let bufferSize = 65536

    /// Opens a socket.
    ///
    /// - Parameter subsystem: The protocol, such as `NETLINK_ROUTE`.
    /// - Throws: `NetlinkFailure.system`.
    package init(_ subsystem: Int32) throws(NetlinkFailure) {
        handle = try NetlinkHandle.connected(to: subsystem)
    }

    package func send(_ datagram: [UInt8]) throws(NetlinkFailure) {
        while true {
            let sent = Glibc.send(handle.descriptor, datagram, datagram.count, 0)
            if sent == datagram.count { return }
            guard sent < 0, errno == EINTR else { throw .system(call: "send", code: sent < 0 ? errno : EMSGSIZE) }
        }
    }

    package func receive(timeout: Duration) throws(NetlinkFailure) -> NetlinkReception {
        // A datagram has nearly always arrived already, so the clock and `poll` are used only if none has.
        if let reception = try receive() { return reception }
        guard timeout > .zero, try isReadable(within: timeout) else { return .nothing }
        return try receive() ?? .nothing
    }

    /// Receives what has arrived; nil if nothing has.
    private func receive() throws(NetlinkFailure) -> NetlinkReception? {
        var sender = sockaddr_nl()
        var senderSize = socklen_t(MemoryLayout<sockaddr_nl>.size)
        let descriptor = handle.descriptor
        // With MSG_TRUNC the size is that of the whole datagram, even if less fits.
        let flags = Int32(MSG_TRUNC | MSG_DONTWAIT)
        let size = withUnsafeMutablePointer(to: &sender) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                recvfrom(descriptor, &buffer, buffer.count, flags, address, &senderSize)
            }
        }
        guard size >= 0 else {
            switch errno {
            case ENOBUFS: return .overrun
            case EAGAIN, EINTR: return nil
            default: throw .system(call: "recvfrom", code: errno)
            }
        }
        guard size <= buffer.count else {
            throw .malformed("a datagram of \(size) bytes, more than fits into the buffer")
        }
        // Port 0 is the kernel. Other processes may send datagrams here, too, which are ignored.
        return .datagram(sender.nl_pid == 0 ? Array(buffer[..<size]) : [])
    }

    private func isReadable(within timeout: Duration) throws(NetlinkFailure) -> Bool {
        let deadline = ContinuousClock.now + timeout
        while true {
            var descriptor = pollfd(fd: handle.descriptor, events: Int16(POLLIN), revents: 0)
            let left = max(deadline - .now, .zero).components
            let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
            let count = poll(&descriptor, 1, Int32(clamping: milliseconds))
            // An overrun shows as POLLERR. recvfrom returns the error then.
            if count > 0 { return true }
            if count == 0 { return false }
            guard errno == EINTR else { throw .system(call: "poll", code: errno) }
        }
    }
}
