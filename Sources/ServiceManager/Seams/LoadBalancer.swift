package import Addresses
package import ServiceModel

/// What the daemon asks of whatever spreads traffic.
///
/// One real implementation over the kernel's IPVS.
///
/// Calls of one service come one after the other. Each is idempotent, and reads before it writes: where the kernel is as it
/// should be, nothing is written. A virtual service that isn't recorded as the service's own is never written to: right
/// before each write, the record of who owns the address is asked.
package protocol LoadBalancer: Sendable {
    /// Makes sure that the addresses can be served, and that a virtual service that is ours exists for each.
    ///
    /// All is checked before anything is made; when it fails, nothing is left behind.
    ///
    /// - Parameters:
    ///   - definition: Names the addresses, and how connections are spread.
    ///   - service: Whose.
    ///   - claims: What is ours already.
    /// - Throws: `Failure` that names what is in the way: no such address here, loopback, a virtual service of somebody
    ///   else, a scheduler that the kernel hasn't.
    func claim(_ definition: ServiceDefinition, of service: ServiceID, _ claims: Claims) async throws(Failure)

    /// Sets how the virtual services at the definition's addresses spread connections.
    func configure(_ definition: ServiceDefinition, of service: ServiceID) async throws(Failure)

    /// Deletes the service's own virtual services of these addresses; one that is gone is fine.
    func release(_ addresses: [ServiceAddress], of service: ServiceID) async throws(Failure)

    /// Adds a destination to each virtual service, or sets its weight where it is there, and reads it back.
    ///
    /// With UDP, weight 0 deletes it, as `quiesce` does. A virtual service that is gone is made.
    func set(
        _ destinations: [ServiceAddress: Endpoint],
        weight: Int,
        _ definition: ServiceDefinition,
        of service: ServiceID,
        _ claims: Claims
    ) async throws(Failure)

    /// Sets the weight of a destination to 0 wherever it is one; where it isn't, there is nothing to do.
    ///
    /// With UDP it is deleted: there is no connection that could end, and a client that keeps sending would stay with it.
    func quiesce(_ destinations: [ServiceAddress: Endpoint], of service: ServiceID) async throws(Failure)

    /// Active connections to a destination, over all its virtual services.
    func activeConnections(_ destinations: [ServiceAddress: Endpoint]) async -> Result<Int, Failure>

    /// The connections to a destination one by one, over all its virtual services; nil when they can't be told apart.
    ///
    /// Expensive: only for when the count stands still.
    func openConnections(_ destinations: [ServiceAddress: Endpoint]) async -> OpenConnections?

    /// Deletes a destination wherever it is one.
    func delete(_ destinations: [ServiceAddress: Endpoint], of service: ServiceID) async throws(Failure)

    /// The virtual services as they are now, also those of other programs; one that doesn't exist is left out.
    func observe(_ addresses: Set<ServiceAddress>) async throws(Failure) -> [ServiceAddress: ObservedVirtualService]

    /// All virtual services in one go.
    func observeAll() async throws(Failure) -> [ServiceAddress: ObservedVirtualService]

    /// Makes these repairs, in this order; what somebody else has repaired meanwhile is fine.
    func repair(_ repairs: [TrafficRepair], of service: ServiceID) async throws(Failure)
}

/// What of a service's addresses is ours before it claims them.
package struct Claims: Sendable {
    /// Addresses whose virtual service is ours.
    package var owned: Set<ServiceAddress>
    /// Addresses whose virtual service stays as it is: another revision serves through it.
    package var settled: Set<ServiceAddress>
    /// Remembers addresses before their virtual services are made, so that they are known for ours whatever comes between.
    ///
    /// What can't be remembered isn't made.
    package var remember: @Sendable ([ServiceAddress]) throws(Failure) -> Void
    /// Takes that back, when they weren't made.
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
