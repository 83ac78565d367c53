import Glibc
package import Netlink

/// Why a request to the kernel's routing (rtnetlink) or connection tracking (ctnetlink) subsystem failed.
package struct RouteError: Error, Hashable, Sendable {
    /// What was asked for.
    package let request: String

    /// What came of it.
    package let failure: NetlinkFailure

    init(_ request: String, _ failure: NetlinkFailure) {
        self.request = request
        self.failure = failure
    }

    /// Whether trying again later may help.
    package var isTransient: Bool {
        switch failure {
        // ENODEV when a container left meanwhile.
        case .refused(let code, _), .system(_, let code):
            [EINTR, EAGAIN, ENOMEM, ENOBUFS, EBUSY, ENODEV].contains(code)
        case .interrupted, .noReply: true
        case .familyMissing, .malformed: false
        }
    }
}

extension RouteError: CustomStringConvertible {
    /// What was found, what was expected, what to do.
    package var description: String {
        let next = "see that the program has CAP_NET_ADMIN and AF_NETLINK"
        return switch failure {
        case .refused(let code, let message):
            "the kernel answered \"\(message ?? Self.text(code))\" to: \(request); expected it to be done: \(next)"
        case .system(let call, let code): "\(call) failed with \"\(Self.text(code))\", to \(request): \(next)"
        case .interrupted(let attempts):
            "what the kernel lists changed during each of \(attempts) attempts to \(request); it is tried again"
        case .noReply: "the kernel didn't answer in time to: \(request); it is tried again"
        case .malformed(let found): "the kernel's answer can't be read (\(found)) to: \(request)"
        case .familyMissing: "the kernel doesn't know what was asked for: \(request)"
        }
    }

    private static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
