package import Addresses

/// The addresses of a service, and which of their virtual services are its own.
package struct ServiceClaims: Equatable, Sendable {
    /// Addresses whose virtual service is ours.
    package internal(set) var held: Set<ServiceAddress> = []
    /// Claims that haven't been answered yet, including those for revisions that aren't wanted any more.
    package internal(set) var pending: [Revision: [ServiceAddress]] = [:]
    /// True while the release of addresses is under way.
    private(set) var isReleasing = false
    /// The settings that were last applied since this value was made; nil until there is a current revision.
    private var applied: TrafficSettings?

    package init() {}

    /// Whether nothing is claimed, being claimed or being released.
    var isEmpty: Bool { held.isEmpty && pending.isEmpty && !isReleasing }

    /// Records the answer to a claim: these addresses are ours; none when it was refused.
    mutating func answered(_ addresses: [ServiceAddress] = [], of revision: Revision) {
        pending[revision] = nil
        held.formUnion(addresses)
    }

    /// Begins to release addresses that aren't needed any more, one release at a time.
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

    /// Records the settings that are wanted.
    ///
    /// - Returns: True when they differ from those before. Earlier settings are only known until the daemon restarts. After
    ///   that, the kernel's table is compared anyway.
    mutating func apply(_ settings: TrafficSettings) -> Bool {
        defer { applied = settings }
        return applied.map { $0 != settings } ?? false
    }
}
