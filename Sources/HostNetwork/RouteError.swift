import Glibc
package import Netlink

/// Why a request to the kernel's routing (rtnetlink) or connection tracking (ctnetlink) subsystem failed.
package struct RouteError: Error, Hashable, Sendable {
    /// The request.
    package let request: String

    /// Why it failed.
    package let failure: NetlinkFailure

    init(_ request: String, _ failure: NetlinkFailure) {
        self.request = request
        self.failure = failure
    }

    /// Whether trying again later may help.
    package var isTransient: Bool {
        switch failure {
        // ENODEV when a container was removed meanwhile.
        case .refused(let code, _), .system(_, let code):
            [EINTR, EAGAIN, ENOMEM, ENOBUFS, EBUSY, ENODEV].contains(code)
        case .interrupted, .noReply: true
        case .familyMissing, .malformed: false
        }
    }
}

extension RouteError: CustomStringConvertible {
    /// What was found, what was expected and what to do next.
    package var description: String {
        let next = "check that the program has CAP_NET_ADMIN and AF_NETLINK"
        return switch failure {
        case .refused(let code, let message):
            "the kernel refused to \(request): \"\(message ?? Self.text(code))\", expected it to succeed: \(next)"
        case .system(let call, let code): "can't \(request): \(call) failed with \"\(Self.text(code))\": \(next)"
        case .interrupted(let attempts):
            "can't \(request): the kernel's list changed during each of \(attempts) attempts; it is tried again"
        case .noReply: "can't \(request): the kernel didn't answer in time; it is tried again"
        case .malformed(let found): "can't \(request): the kernel's answer is malformed (\(found))"
        case .familyMissing: "can't \(request): the kernel doesn't have this netlink family"
        }
    }

    private static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
