package import Addresses
package import ServiceModel

/// What the daemon needs from a load balancer.
///
/// There is one real implementation, over the kernel's IPVS.
///
/// Calls for one service come one after the other. Each is idempotent, and reads before it writes: where the kernel has
/// what is wanted, nothing is written. A virtual service that isn't recorded as the service's own is never written to. The
/// record is asked directly before each write.
package protocol LoadBalancer: Sendable {
    /// Makes sure that the addresses can be served, and that a virtual service of ours exists for each.
    ///
    /// Everything is checked before anything is created. When the call fails, nothing is left behind.
    ///
    /// - Parameters:
    ///   - definition: Names the addresses, and how connections are spread.
    ///   - service: The service.
    ///   - claims: What is ours already.
    /// - Throws: `Failure` that names the obstacle: an address that this host doesn't have, a loopback address, a virtual
    ///   service that isn't ours, a scheduler that the kernel doesn't have.
    func claim(_ definition: ServiceDefinition, of service: ServiceID, _ claims: Claims) async throws(Failure)

    /// Sets how the virtual services at the definition's addresses spread connections.
    func configure(_ definition: ServiceDefinition, of service: ServiceID) async throws(Failure)

    /// Deletes the service's own virtual services at these addresses; missing ones are ignored.
    func release(_ addresses: [ServiceAddress], of service: ServiceID) async throws(Failure)

    /// Adds a destination to each virtual service, or sets its weight where it exists, and reads it back.
    ///
    /// With UDP, weight 0 deletes it, as `quiesce` does. A missing virtual service is created.
    func set(
        _ destinations: [ServiceAddress: Endpoint],
        weight: Int,
        _ definition: ServiceDefinition,
        of service: ServiceID,
        _ claims: Claims
    ) async throws(Failure)

    /// Sets the weight of a destination to 0 in each virtual service that has it.
    ///
    /// With UDP it is deleted: there is no connection that could end, and a client that keeps sending would stay with it.
    func quiesce(_ destinations: [ServiceAddress: Endpoint], of service: ServiceID) async throws(Failure)

    /// The active connections to a destination, over all its virtual services.
    func activeConnections(_ destinations: [ServiceAddress: Endpoint]) async -> Result<Int, Failure>

    /// The connections to a destination one by one, over all its virtual services; nil when they can't be told apart.
    ///
    /// This is expensive, so it is only used when the count stands still.
    func openConnections(_ destinations: [ServiceAddress: Endpoint]) async -> OpenConnections?

    /// Deletes a destination from each virtual service that has it.
    func delete(_ destinations: [ServiceAddress: Endpoint], of service: ServiceID) async throws(Failure)

    /// The virtual services at these addresses, including those of other programs; those that don't exist are left out.
    func observe(_ addresses: Set<ServiceAddress>) async throws(Failure) -> [ServiceAddress: ObservedVirtualService]

    /// All virtual services, in one request.
    func observeAll() async throws(Failure) -> [ServiceAddress: ObservedVirtualService]

    /// Makes these repairs, in this order; what has been repaired meanwhile is skipped.
    func repair(_ repairs: [TrafficRepair], of service: ServiceID) async throws(Failure)
}

/// Which of a service's addresses are ours before it claims them.
package struct Claims: Sendable {
    /// Addresses whose virtual service is ours.
    package var owned: Set<ServiceAddress>
    /// Addresses whose virtual service stays as it is, because another revision serves through it.
    package var settled: Set<ServiceAddress>
    /// Records addresses before their virtual services are created, so that they are known to be ours whatever happens between.
    ///
    /// A virtual service whose address can't be recorded isn't created.
    package var remember: @Sendable ([ServiceAddress]) throws(Failure) -> Void
    /// Removes that record when the virtual services weren't created.
    package var forget: @Sendable ([ServiceAddress]) -> Void

    package init(
        owned: Set<ServiceAddress> = [],
        settled: Set<ServiceAddress> = [],
        remember: @escaping @Sendable ([ServiceAddress]) throws(Failure) -> Void = { _ in },
        forget: @escaping @Sendable ([ServiceAddress]) -> Void = { _ in }
    ) {
        self.owned = owned
        self.settled = settled
        self.remember = remember
        self.forget = forget
    }
}
