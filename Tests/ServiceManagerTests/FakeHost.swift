import Addresses
import ServiceManager
import ServiceModel
import Synchronization

/// Docker and the kernel in memory, with a log of what was asked of them, in order.
final class FakeHost: ContainerRuntime, LoadBalancer, Prober {
    private struct Content {
        var calls: [String] = []
        var made = 0
        var images: [ContainerID: String] = [:]
        var documents: [ContainerID: [UInt8]] = [:]
        var table: [ServiceAddress: [Endpoint: Int]] = [:]
        var owners: [ServiceAddress: ServiceID] = [:]
        var settings: [ServiceAddress: TrafficSettings] = [:]
        var sick: Set<String> = []
        var unstartable: Set<String> = []
        var active = 0
        var open: OpenConnections?
    }

    private let content = Mutex(Content())

    /// Images whose containers never answer their probes.
    func makeSick(_ image: String) {
        content.withLock { _ = $0.sick.insert(image) }
    }

    /// Images whose program doesn't exist, so that their containers are created and never run.
    func makeUnstartable(_ image: String) {
        content.withLock { _ = $0.unstartable.insert(image) }
    }

    /// What the kernel counts for every destination, and what its table of connections says.
    func leave(_ active: Int, _ open: OpenConnections?) {
        content.withLock { content in
            content.active = active
            content.open = open
        }
    }

    var calls: [String] { content.withLock(\.calls) }

    var containers: Int { content.withLock(\.images.count) }

    /// The document that a container was made with.
    func document(of container: String) -> [UInt8]? { content.withLock { $0.documents[ContainerID(container)] } }

    var table: [ServiceAddress: [Endpoint: Int]] { content.withLock(\.table) }

    /// There is a virtual service.
    func make(_ address: ServiceAddress, _ settings: TrafficSettings, _ destinations: [Endpoint: Int]) {
        content.withLock { content in
            content.settings[address] = settings
            content.table[address] = destinations
        }
    }

    /// Somebody else changes the destinations of a virtual service.
    func meddle(_ address: ServiceAddress, _ change: (inout [Endpoint: Int]) -> Void) {
        content.withLock { change(&$0.table[address, default: [:]]) }
    }

    private func endpoint(of container: ContainerID) throws(Failure) -> Endpoint {
        guard let endpoint = try? Endpoint("172.17.0.\(container.rawValue):80") else {
            throw Failure("no such container")
        }
        return endpoint
    }

    func pull(
        _ revision: Revision,
        of service: ServiceID,
        _ definition: ServiceDefinition,
        known: ImageID?,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Failure) -> ImageID {
        content.withLock { $0.calls.append("pull \(definition.image)") }
        return ImageID("sha256:\(definition.image)")
    }

    func removeImages(_ images: [Revision: ImageID], of service: ServiceID) async throws(Failure) {
        content.withLock { content in
            for image in images.values.map(\.rawValue).sorted() { content.calls.append("give up \(image)") }
        }
    }

    func create(
        _ instance: InstanceID,
        of service: ServiceID,
        _ document: AcceptedDefinition,
        image: ImageID?
    ) async throws(Failure) -> ContainerID {
        content.withLock { content in
            content.made += 1
            let container = ContainerID("\(content.made)")
            content.images[container] = document.definition.image
            content.documents[container] = document.document
            content.calls.append("create \(content.made) \(document.definition.image)")
            return container
        }
    }

    func start(_ container: ContainerID, _ definition: ServiceDefinition) async throws(Failure) -> StartedContainer {
        content.withLock { $0.calls.append("start \(container)") }
        guard await hasRun(container) else { throw Failure("exec: no such program") }
        return StartedContainer(endpoint: try endpoint(of: container))
    }

    func stop(_ container: ContainerID, _ definition: ServiceDefinition) async throws(Failure) -> ExitReport {
        content.withLock { $0.calls.append("stop \(container)") }
        return ExitReport(code: 0)
    }

    func hasRun(_ container: ContainerID) async -> Bool {
        content.withLock { content in !content.unstartable.contains(content.images[container] ?? "") }
    }

    func remove(_ container: ContainerID) async throws(Failure) -> [String] {
        content.withLock { content in
            content.calls.append("remove \(container)")
            content.images[container] = nil
        }
        return ["bye"]
    }

    func claim(_ definition: ServiceDefinition, of service: ServiceID, _ claims: Claims) async throws(Failure) {
        let (taken, missing) = content.withLock { content in
            let taken = definition.addresses.first { content.owners[$0, default: service] != service }
            let missing = definition.addresses.filter { content.table[$0] == nil }
            if taken == nil { for address in definition.addresses { content.owners[address] = service } }
            return (taken, missing)
        }
        if let taken { throw Failure("\(taken) is the address of another service", isTransient: true) }
        try claims.remember(missing)
        content.withLock { content in
            for address in missing {
                content.table[address] = [:]
                content.settings[address] = definition.trafficSettings
                content.calls.append("add \(address)")
            }
        }
    }

    func configure(_ definition: ServiceDefinition, of service: ServiceID) async throws(Failure) {
        content.withLock { content in
            for address in definition.addresses {
                content.calls.append("configure \(address) \(definition.trafficSettings)")
                content.settings[address] = definition.trafficSettings
            }
        }
    }

    func release(_ addresses: [ServiceAddress], of service: ServiceID) async throws(Failure) {
        content.withLock { content in
            for address in addresses {
                content.table[address] = nil
                content.owners[address] = nil
                content.calls.append("delete \(address)")
            }
        }
    }

    func set(
        _ destinations: [ServiceAddress: Endpoint],
        weight: Int,
        _ definition: ServiceDefinition,
        of service: ServiceID,
        _ claims: Claims
    ) async throws(Failure) {
        content.withLock { content in
            for (address, destination) in destinations {
                content.calls.append("set \(destination) \(weight)")
                content.table[address]?[destination] = weight
            }
        }
    }

    func quiesce(_ destinations: [ServiceAddress: Endpoint], of service: ServiceID) async throws(Failure) {
        content.withLock { content in
            for (address, destination) in destinations {
                content.calls.append("set \(destination) 0")
                content.table[address]?[destination] = 0
            }
        }
    }

    func activeConnections(_ destinations: [ServiceAddress: Endpoint]) async -> Result<Int, Failure> {
        .success(content.withLock(\.active))
    }

    func openConnections(_ destinations: [ServiceAddress: Endpoint]) async -> OpenConnections? {
        content.withLock(\.open)
    }

    func delete(_ destinations: [ServiceAddress: Endpoint], of service: ServiceID) async throws(Failure) {
        content.withLock { content in
            for (address, destination) in destinations {
                content.calls.append("delete \(destination)")
                content.table[address]?[destination] = nil
            }
        }
    }

    func observeAll() async throws(Failure) -> [ServiceAddress: ObservedVirtualService] {
        content.withLock { content in
            content.table.reduce(into: [:]) { observed, entry in
                observed[entry.key] = ObservedVirtualService(
                    settings: content.settings[entry.key],
                    settingsText: "",
                    destinations: entry.value.mapValues { ObservedDestination(weight: $0) }
                )
            }
        }
    }

    func observe(
        _ addresses: Set<ServiceAddress>
    ) async throws(Failure) -> [ServiceAddress: ObservedVirtualService] {
        try await observeAll().filter { addresses.contains($0.key) }
    }

    func repair(_ repairs: [TrafficRepair], of service: ServiceID) async throws(Failure) {
        content.withLock { content in
            for repair in repairs {
                content.calls.append("repair \(repair.kind.rawValue)")
                switch repair.fault {
                case .virtualServiceMissing(let settings, let destinations):
                    content.table[repair.address] = destinations
                    content.settings[repair.address] = settings
                case .settingsChanged(_, let wanted): content.settings[repair.address] = wanted
                case .destinationMissing(let endpoint, let weight), .destinationChanged(let endpoint, _, let weight):
                    content.table[repair.address]?[endpoint] = weight
                case .destinationForeign(let endpoint, _): content.table[repair.address]?[endpoint] = nil
                }
            }
        }
    }

    func probe(_ target: ProbeTarget) async -> ProbeOutcome {
        content.withLock { content in
            let image = content.images[target.container] ?? ""
            return content.sick.contains(image) ? .failure("GET / → 500") : .success
        }
    }
}
