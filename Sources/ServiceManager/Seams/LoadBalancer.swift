package import Addresses
package import ServiceModel

/// What the daemon asks of whatever spreads traffic.
///
/// One real implementation over the kernel's IPVS.
///
/// Calls of one service come one after the other. Each is idempotent, and reads before it writes: where the kernel is as it
/// should be, nothing is written.
package protocol LoadBalancer: Sendable {
    /// Makes sure that the addresses can be served, and that a virtual service that is ours exists for each.
    ///
    /// All of them or none: where it throws, nothing was made.
    ///
    /// - Throws: `Failure` that names what is in the way: no such address here, loopback, a foreign virtual service.
    func claim(
        _ definition: ServiceDefinition,
        of service: ServiceID,
        owned: Set<ServiceAddress>
    ) async throws(Failure)

    /// Deletes our virtual services of these addresses; one that is gone is fine.
    func release(_ addresses: [ServiceAddress], of service: ServiceID) async throws(Failure)

    /// Adds the destination to each virtual service, or sets its weight where it is there, and reads it back.
    func set(_ destination: Endpoint, weight: Int, _ definition: ServiceDefinition) async throws(Failure)

    /// Sets the weight of a destination to 0 wherever it is one; where it isn't, there is nothing to do.
    ///
    /// With UDP it is deleted: there is no connection that could end, and a client that goes on sending would stay with it.
    func quiesce(_ destination: Endpoint, at addresses: [ServiceAddress]) async throws(Failure)

    /// Active connections to a destination, over all its virtual services.
    func activeConnections(_ destination: Endpoint, at addresses: [ServiceAddress]) async -> Result<Int, Failure>

    /// Deletes a destination wherever it is one.
    func delete(_ destination: Endpoint, from addresses: [ServiceAddress]) async throws(Failure)
}
