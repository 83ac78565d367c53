package import Addresses

/// Which of the virtual services that are in the kernel's table when the daemon starts are a service's own.
package enum OwnVirtualServices {
    /// The service's own virtual services, with their destinations and weights.
    ///
    /// Own is what is recorded as made. Where a service runs and nothing is recorded of it, because its state was lost, it is
    /// what sends to containers of that service and to nothing else: a virtual service with any other destination may be
    /// somebody else's, and stays as it is.
    ///
    /// - Parameters:
    ///   - recorded: The addresses whose virtual services are recorded as made for the service; nil when nothing is recorded.
    ///   - containers: The service's containers.
    ///   - table: The virtual services that there are, by whomever they were made.
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
