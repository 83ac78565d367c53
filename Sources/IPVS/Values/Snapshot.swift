/// All virtual services of a network namespace with their destinations.
///
/// The kernel is asked for each service's destinations in turn, so a snapshot may combine different moments.
public struct Snapshot: Hashable, Sendable {
    /// A virtual service with its destinations.
    public struct Entry: Hashable, Sendable {
        /// The virtual service.
        public var service: VirtualServiceStatus
        /// Its destinations, in the kernel's order.
        public var destinations: [DestinationStatus]

        /// Makes an entry.
        ///
        /// - Parameters:
        ///   - service: The virtual service.
        ///   - destinations: Its destinations.
        public init(service: VirtualServiceStatus, destinations: [DestinationStatus]) {
            self.service = service
            self.destinations = destinations
        }
    }

    /// The services in the kernel's order, each once.
    public var entries: [Entry]

    /// Makes a snapshot.
    ///
    /// - Parameter entries: The services, each once.
    public init(entries: [Entry] = []) { self.entries = entries }

    /// The entry of a virtual service; nil if there is no such service.
    ///
    /// - Parameter identity: The virtual service.
    public subscript(_ identity: VirtualService.Identity) -> Entry? {
        entries.first { $0.service.service.identity == identity }
    }

    /// The rules in the form that `ipvsadm -Sn` prints and `ipvsadm -R` reads, one per line.
    public var rules: String {
        entries.flatMap { entry in
            [entry.service.service.rule]
                + entry.destinations.map { $0.destination.rule(of: entry.service.service.identity) }
        }.map { $0 + "\n" }.joined()
    }
}
