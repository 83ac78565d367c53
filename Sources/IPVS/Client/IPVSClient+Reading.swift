import Addresses
import CNetlink
import Glibc
import Netlink

extension IPVSClient {
    /// All virtual services (`IPVS_CMD_GET_SERVICE`).
    ///
    /// - Returns: The services in the kernel's order, each once.
    /// - Throws: `IPVSError`.
    public func virtualServices() throws(IPVSError) -> [VirtualServiceStatus] {
        try ask { conversation throws(NetlinkFailure) in
            var seen: Set<VirtualService.Identity> = []
            var services: [VirtualServiceStatus] = []
            // A dump that continues while the table changes may contain a service twice.
            for reply in try conversation.dump(IPVS_CMD_GET_SERVICE) {
                guard let status = try VirtualServiceStatus(reply), seen.insert(status.service.identity).inserted
                else { continue }
                services.append(status)
            }
            return services
        }
    }

    /// One virtual service (`IPVS_CMD_GET_SERVICE`).
    ///
    /// - Parameter identity: The virtual service.
    /// - Returns: The service; nil if there is none.
    /// - Throws: `IPVSError`.
    public func virtualService(_ identity: VirtualService.Identity) throws(IPVSError) -> VirtualServiceStatus? {
        try ask { conversation throws(NetlinkFailure) in
            let reply: NetlinkAttributes
            do throws(NetlinkFailure) {
                reply = try conversation.ask(IPVS_CMD_GET_SERVICE) { $0.service(identity) }
            } catch {
                guard error.code == ESRCH else { throw error }
                return nil as VirtualServiceStatus?
            }
            return try VirtualServiceStatus(reply)
        }
    }

    /// The destinations of a virtual service (`IPVS_CMD_GET_DEST`).
    ///
    /// - Parameter service: The virtual service.
    /// - Returns: The destinations in the kernel's order, each once.
    /// - Throws: `IPVSError`, `.noSuchService` among others.
    public func destinations(of service: VirtualService.Identity) throws(IPVSError) -> [DestinationStatus] {
        let destinations = try listDestinations(of: service)
        // The kernel gives the same answer for a service without destinations and for a missing service.
        if destinations.isEmpty, try virtualService(service) == nil { throw .noSuchService(service) }
        return destinations
    }

    /// All virtual services with their destinations.
    ///
    /// - Returns: The services; one that is removed while they are read may be missing, or have no destinations.
    /// - Throws: `IPVSError`.
    public func snapshot() throws(IPVSError) -> Snapshot {
        var snapshot = Snapshot()
        for service in try virtualServices() {
            let destinations = try listDestinations(of: service.service.identity)
            snapshot.entries.append(Snapshot.Entry(service: service, destinations: destinations))
        }
        return snapshot
    }

    /// How long idle connections are remembered (`IPVS_CMD_GET_CONFIG`).
    ///
    /// - Returns: The timeouts.
    /// - Throws: `IPVSError`.
    public func timeouts() throws(IPVSError) -> Timeouts {
        try ask { conversation throws(NetlinkFailure) in try Timeouts(conversation.ask(IPVS_CMD_GET_CONFIG)) }
    }

    /// What IPVS says about itself (`IPVS_CMD_GET_INFO`).
    ///
    /// - Returns: Version and table size.
    /// - Throws: `IPVSError`.
    public func info() throws(IPVSError) -> KernelInfo {
        try ask { conversation throws(NetlinkFailure) in try KernelInfo(conversation.ask(IPVS_CMD_GET_INFO)) }
    }

    private func listDestinations(of service: VirtualService.Identity) throws(IPVSError) -> [DestinationStatus] {
        try ask { conversation throws(NetlinkFailure) in
            var seen: Set<Destination.Identity> = []
            var destinations: [DestinationStatus] = []
            for reply in try conversation.dump(IPVS_CMD_GET_DEST, { $0.service(service) }) {
                let status = try DestinationStatus(reply, family: service.family)
                if seen.insert(status.destination.identity).inserted { destinations.append(status) }
            }
            return destinations
        }
    }
}
