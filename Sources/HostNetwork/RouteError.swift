/// Why a request to the kernel's routing (rtnetlink) or connection tracking (ctnetlink) subsystem failed.
package struct RouteError: Error, Hashable, Sendable {
    /// What was asked for.
    package let request: String

    /// libnl's error number, `NLE_…` of `<netlink/errno.h>`, positive.
    package let code: Int32

    /// libnl's words for it.
    package let reason: String

    /// Whether trying again later may help.
    package var isTransient: Bool {
        // NLE_INTR, NLE_AGAIN, NLE_NOMEM, NLE_BUSY, NLE_DUMP_INTR; and NLE_NODEV, when a container left meanwhile.
        [2, 4, 5, 25, 33, 31].contains(code)
    }
}

extension RouteError: CustomStringConvertible {
    /// What was found, what was expected, what to do.
    package var description: String {
        "the kernel answered \"\(reason)\" to: \(request); expected it to be done: "
            + "see that the program has CAP_NET_ADMIN and AF_NETLINK"
    }
}
