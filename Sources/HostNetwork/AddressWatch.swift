package import Addresses
import CNetlink
import Netlink

/// Lists the host's own addresses, and explains why an address can't be a service address.
package struct AddressWatch: Sendable {
    /// Makes a watch over the network namespace of the calling thread.
    package init() {}

    /// The addresses of all interfaces, up or down, including those of `lo`.
    ///
    /// - Throws: `HostNetworkError.kernel`.
    package func localAddresses() throws(HostNetworkError) -> Set<IPAddress> {
        do throws(RouteError) {
            var socket = try RouteSocket()
            let messages = try socket.dump("list addresses", .addresses, header: [0, 0, 0, 0, 0, 0, 0, 0])
            return Set(messages.compactMap(Self.address))
        } catch {
            throw .kernel(error)
        }
    }

    /// Checks a service address.
    ///
    /// - Parameters:
    ///   - address: The service address.
    ///   - localAddresses: The result of `localAddresses()`.
    /// - Returns: What is wrong with it; nil when nothing is.
    package static func finding(_ address: IPAddress, localAddresses: Set<IPAddress>) -> HostNetworkFinding? {
        if address.isLoopback {
            return HostNetworkFinding(
                .address(address),
                .broken,
                found: "\(address) is a loopback address",
                expected: "an address that packets to other interfaces may carry (the kernel drops forwarded loopback "
                    + "packets as martians, so IPVS can't serve on it)",
                nextStep: "use an address of docker0 or of a network card, see `ip address`"
            )
        }
        if address.isUnspecified {
            return HostNetworkFinding(
                .address(address),
                .broken,
                found: "\(address) is the wildcard address",
                expected: "one address of this host, as IPVS compares the whole address",
                nextStep: "use an address of docker0 or of a network card, see `ip address`"
            )
        }
        guard !localAddresses.contains(address) else { return nil }
        return HostNetworkFinding(
            .address(address),
            .broken,
            found: "no interface of this host has \(address)",
            expected: "a local address, as IPVS sees only packets that the kernel delivers locally",
            nextStep: "add it, for example `ip address add \(address)/\(address.bytes.count * 8) dev lo`, or correct it"
        )
    }

    /// Decodes a message of `struct ifaddrmsg` with `IFA_…` attributes, `<linux/if_addr.h>`; nil when it isn't a usable
    /// address.
    static func address(_ message: NetlinkMessage) -> IPAddress? {
        guard message.type == RTM_NEWADDR, let legacyFlags = message.payload.number(UInt8.self, at: 2),
            let fields = try? message.attributes(after: 8)
        else { return nil }
        let flags = fields.number(IFA_FLAGS) ?? UInt32(legacyFlags)
        // Another host has the address (duplicate address detection, RFC 4862): the kernel doesn't use it.
        guard flags & UInt32(IFA_F_DADFAILED) == 0 else { return nil }
        // On a point-to-point link, IFA_ADDRESS is the address of the other side.
        let bytes = fields.bytes(IFA_LOCAL) ?? fields.bytes(IFA_ADDRESS)
        return bytes.flatMap { IPAddress(bytes: $0) }
    }
}
