import CNetlink
import Glibc

/// Owns a libnl socket, connected to one of netlink's protocols, and closes it.
struct NetlinkHandle: ~Copyable {
    private let socket: OpaquePointer

    /// The size of the receive buffer: a refusal takes up to 1 KB, and 64 may come at a time.
    ///
    /// The kernel limits it to `net.core.rmem_max`.
    private static let receiveBufferSize: Int32 = 1 << 20

    /// Opens a socket.
    ///
    /// - Parameter subsystem: The protocol, such as `NETLINK_ROUTE`.
    /// - Returns: The socket's owner.
    /// - Throws: `NetlinkFailure.system`.
    static func connected(to subsystem: Int32) throws(NetlinkFailure) -> NetlinkHandle {
        guard let socket = nl_socket_alloc() else { throw .system(call: "nl_socket_alloc", code: ENOMEM) }
        let handle = NetlinkHandle(owning: socket)
        try handle.connect(subsystem)
        return handle
    }

    private init(owning socket: OpaquePointer) { self.socket = socket }

    deinit { nl_socket_free(socket) }

    private func connect(_ subsystem: Int32) throws(NetlinkFailure) {
        let status = nl_connect(socket, subsystem)
        guard status >= 0 else { throw .system(call: "nl_connect", code: Self.errno(status)) }
        nl_socket_set_buffer_size(socket, Self.receiveBufferSize, 0)
        enable(NETLINK_CAP_ACK)
        enable(NETLINK_EXT_ACK)
    }

    /// The descriptor, which is valid as long as this value.
    var descriptor: Int32 { nl_socket_get_fd(socket) }

    /// Asks the kernel for the number of a family (`CTRL_CMD_GETFAMILY`), which loads the module if possible.
    func resolve(family name: String) throws(NetlinkFailure) -> UInt16 {
        let number = genl_ctrl_resolve(socket, name)
        if number == -NLE_OBJ_NOTFOUND { throw .familyMissing }
        guard let family = UInt16(exactly: number) else {
            throw .system(call: "genl_ctrl_resolve", code: Self.errno(number))
        }
        return family
    }

    /// Enables a netlink socket option.
    ///
    /// Kernels before 4.12 don't have them. Acknowledgements are larger there, and contain less.
    private func enable(_ option: Int32) {
        var on: Int32 = 1
        _ = setsockopt(descriptor, SOL_NETLINK, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// The errno that matches a (negative) error of libnl best.
    private static func errno(_ status: Int32) -> Int32 {
        switch -status {
        case NLE_PERM, NLE_NOACCESS: EPERM
        case NLE_NOMEM: ENOMEM
        case NLE_AF_NOSUPPORT: EAFNOSUPPORT
        case NLE_PROTO_MISMATCH: EPROTONOSUPPORT
        case NLE_BUSY: EBUSY
        case NLE_INTR: EINTR
        case NLE_AGAIN: EAGAIN
        case NLE_EXIST: EADDRINUSE
        default: EIO
        }
    }
}
