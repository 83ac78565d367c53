package import Addresses

extension Rollout {
    /// The status with the kernel's counts of connections, summed up over the addresses of the service.
    ///
    /// - Parameters:
    ///   - ahead: How many pulls or starts of others come before its own; nil when that isn't known.
    ///   - observed: The kernel's virtual services; nil when they can't be read. A backend that is no destination has no counts.
    /// - Returns: The status.
    package func status(ahead: Int? = nil, with observed: [ServiceAddress: ObservedVirtualService]?) -> ServiceStatus {
        var status = status(ahead: ahead)
        guard let observed else { return status }
        // Backends are listed in this order.
        let instances = instances.values.sorted { $0.id > $1.id }
        for (index, instance) in instances.enumerated() where status.backends.indices.contains(index) {
            let found = instance.destinations.compactMap { observed[$0.key]?.destinations[$0.value] }
            guard !found.isEmpty else { continue }
            status.backends[index].activeConnections = found.reduce(0) { $0 + $1.activeConnections }
            status.backends[index].inactiveConnections = found.reduce(0) { $0 + $1.inactiveConnections }
        }
        return status
    }
}
