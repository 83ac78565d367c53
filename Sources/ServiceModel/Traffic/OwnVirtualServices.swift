package import Addresses

/// Decides which virtual services in the kernel's table are a service's own when the daemon starts.
package enum OwnVirtualServices {
    /// The service's own virtual services, with their destinations and weights.
    ///
    /// A service owns the virtual services that are recorded as created for it. If a running service has no record, because its
    /// state was lost, it owns those that send only to its containers. A virtual service with any other destination may be
    /// somebody else's, and isn't touched.
    ///
    /// - Parameters:
    ///   - recorded: The addresses whose virtual services are recorded as made for the service; nil when nothing is recorded.
    ///   - containers: The service's containers.
    ///   - table: All virtual services, including those of other programs.
    /// - Returns: The service's own, with their destinations and weights.
    package static func find(
        recorded: Set<ServiceAddress>?,
        containers: [ObservedContainer],
        in table: [ServiceAddress: [Endpoint: Int]]
    ) -> [ServiceAddress: [Endpoint: Int]] {
        if let recorded { return table.filter { recorded.contains($0.key) } }
        let endpoints = Set(containers.flatMap(\.endpoints))
        return table.filter { !$0.value.isEmpty && endpoints.isSuperset(of: $0.value.keys) }
    }
}
