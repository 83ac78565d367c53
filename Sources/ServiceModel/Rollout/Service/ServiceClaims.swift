package import Addresses

/// The addresses of a service, and which of their virtual services are its own.
package struct ServiceClaims: Equatable, Sendable {
    /// Addresses whose virtual service is ours.
    package internal(set) var held: Set<ServiceAddress> = []
    /// What was ordered to be claimed and wasn't answered yet, also for revisions that aren't wanted any more.
    package internal(set) var pending: [Revision: [ServiceAddress]] = [:]
    /// True while the release of addresses is under way.
    private(set) var isReleasing = false
    /// How the virtual services spread connections since this value was made; nil until there is a current revision.
    private var applied: TrafficSettings?

    package init() {}

    /// Whether nothing is claimed, nor about to be claimed or released.
    var isEmpty: Bool { held.isEmpty && pending.isEmpty && !isReleasing }

    /// A claim was answered: these addresses are ours; none where it was refused.
    mutating func answered(_ addresses: [ServiceAddress] = [], of revision: Revision) {
        pending[revision] = nil
        held.formUnion(addresses)
    }

    /// Begins to release what isn't needed any more, one release at a time.
    ///
    /// - Returns: The addresses to release, sorted.
    mutating func release(except needed: Set<ServiceAddress>) -> [ServiceAddress] {
        guard !isReleasing else { return [] }
        let unneeded = held.subtracting(needed)
        isReleasing = !unneeded.isEmpty
        return unneeded.sorted()
    }

    mutating func released(_ addresses: [ServiceAddress]) {
        isReleasing = false
        held.subtract(addresses)
    }

    /// Takes note of how connections are to be spread.
    ///
    /// - Returns: True when that is another way than before. What was before is known only within one life of the daemon; after
    ///   a restart the table is compared anyway.
    mutating func apply(_ settings: TrafficSettings) -> Bool {
        defer { applied = settings }
        return applied.map { $0 != settings } ?? false
    }
}
