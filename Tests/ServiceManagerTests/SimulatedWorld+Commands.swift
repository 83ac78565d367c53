import Addresses
import ServiceManager
import ServiceModel
import Synchronization
import TestSupport

/// One daemon's access to the world: void once that daemon is dead.
struct DaemonHost: ContainerRuntime, LoadBalancer, Prober {
    let world: SimulatedWorld
    let daemon: Int

    /// A command takes time, may fail before or after it was carried out, and is lost with its daemon.
    private func carryOut<Value: Sendable>(
        _ what: String,
        canFailAfterwards: Bool = true,
        _ work: @Sendable (inout SimulatedWorld.Content) throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let (delay, failsBefore, failsAfter) = world.content.withLock { content -> (Int, Bool, Bool) in
            let fails = content.hasFaults && content.generator.once(in: 15)
            let isBefore = fails && (!canFailAfterwards || content.generator.once(in: 2))
            let delay =
                content.hasFaults && content.generator.once(in: 20)
                ? 3_000 : Int.random(in: 1..<200, using: &content.generator)
            return (delay, isBefore, fails && !isBefore)
        }
        try? await world.clock.sleep(for: .milliseconds(delay))
        let failure = Failure("simulated: \(what)", isTransient: true)
        let result = world.content.withLock { content -> Result<Value, Failure> in
            if content.daemon != daemon {
                // It was on its way when its daemon was killed.
                guard content.daemon == daemon + 1, content.generator.once(in: 2) else { return .failure(failure) }
            }
            if failsBefore { return .failure(failure) }
            content.history.append("\(daemon): \(what)")
            do throws(Failure) {
                let value = try work(&content)
                return failsAfter ? .failure(failure) : .success(value)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    // MARK: Docker

    func pull(
        _ revision: Revision,
        of service: ServiceID,
        _ definition: ServiceDefinition,
        known: ImageID?,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Failure) -> ImageID {
        try await carryOut("pull \(definition.image)") { _ throws(Failure) in
            if definition.image.hasPrefix("nowhere") { throw Failure("no such image") }
            return ImageID("sha256:\(definition.image)")
        }
    }

    func removeImages(_ images: [Revision: ImageID], of service: ServiceID) async throws(Failure) {
        try await carryOut("give up \(images.count) images") { _ in }
    }

    func create(
        _ instance: InstanceID,
        of service: ServiceID,
        _ document: AcceptedDefinition,
        image: ImageID?
    ) async throws(Failure) -> ContainerID {
        // A container that was made although the call failed has our labels, and is found at the next start.
        try await carryOut("create \(service) \(instance)", canFailAfterwards: false) { content in
            content.made += 1
            let container = ContainerID("container\(content.made)")
            content.containers[container] = .init(
                service: service,
                instance: instance,
                definition: document.definition
            )
            return container
        }
    }

    func start(_ container: ContainerID, _ definition: ServiceDefinition) async throws(Failure) -> StartedContainer {
        try await carryOut("start \(container)", canFailAfterwards: false) { content throws(Failure) in
            guard content.containers[container] != nil, !definition.image.hasPrefix("crash") else {
                throw Failure("it exited at once")
            }
            // The lowest address that is free, as Docker's.
            let taken = Set(content.containers.values.compactMap(\.endpoint))
            let free = (2..<250).lazy.compactMap { try? Endpoint("172.17.0.\($0):80") }.first { !taken.contains($0) }
            guard let free else { throw Failure("no address is free") }
            content.containers[container]?.endpoint = free
            content.containers[container]?.isRunning = true
            content.containers[container]?.hasRun = true
            content.troubled.remove(free)
            return StartedContainer(endpoint: free)
        }
    }

    func stop(_ container: ContainerID, _ definition: ServiceDefinition) async throws(Failure) -> ExitReport {
        try await carryOut("stop \(container)") { content in
            if let endpoint = content.containers[container]?.endpoint {
                let weight = content.table.values.compactMap { $0[endpoint] }.max() ?? 0
                // One of another container, which crashed and whose address this one has got, is on its way out.
                let isItsOwn = content.written[endpoint] == container
                if weight > 0, isItsOwn, !content.troubled.contains(endpoint) {
                    content.violations.append("\(container) at \(endpoint) has weight \(weight) and is stopped")
                }
            }
            content.containers[container]?.isRunning = false
            content.containers[container]?.endpoint = nil
            return ExitReport(code: 0)
        }
    }

    func hasRun(_ container: ContainerID) async -> Bool { true }

    func remove(_ container: ContainerID) async throws(Failure) -> [String] {
        try await carryOut("remove \(container)") { content in
            content.containers[container] = nil
            return []
        }
    }

    func probe(_ target: ProbeTarget) async -> ProbeOutcome {
        world.content.withLock { content in
            guard let found = content.containers[target.container], found.isRunning else { return .failure("refused") }
            return found.isSick || found.definition.image.hasPrefix("mute") ? .failure("GET / → 503") : .success
        }
    }

    // MARK: The kernel

    func claim(_ definition: ServiceDefinition, of service: ServiceID, _ claims: Claims) async throws(Failure) {
        let foreign = world.foreign
        try await carryOut("claim for \(service)", canFailAfterwards: false) { content throws(Failure) in
            if definition.addresses.contains(foreign) { throw Failure("\(foreign) isn't ours") }
            let missing = definition.addresses.filter { content.table[$0] == nil }
            try claims.remember(missing)
            for address in missing { content.table[address] = [:] }
            for address in definition.addresses { content.settings[address] = definition.trafficSettings }
        }
    }

    func configure(_ definition: ServiceDefinition, of service: ServiceID) async throws(Failure) {
        try await carryOut("configure \(definition.addresses)") { content in
            for address in definition.addresses { content.settings[address] = definition.trafficSettings }
        }
    }

    func release(_ addresses: [ServiceAddress], of service: ServiceID) async throws(Failure) {
        let foreign = world.foreign
        try await carryOut("release \(addresses)") { content in
            if addresses.contains(foreign) { content.violations.append("\(foreign) was released") }
            for address in addresses { content.table[address] = nil }
        }
    }

    func set(
        _ destinations: [ServiceAddress: Endpoint],
        weight: Int,
        _ definition: ServiceDefinition,
        of service: ServiceID,
        _ claims: Claims
    ) async throws(Failure) {
        world.content.withLock { content in
            for endpoint in destinations.values {
                content.written[endpoint] =
                    content.containers.first { $0.value.endpoint == endpoint && $0.value.service == service }?.key
            }
        }
        try await carryOut("set \(destinations.values.map(\.description)) \(weight)") { content in
            for (address, endpoint) in destinations { write(weight, endpoint, address, &content) }
        }
    }

    func quiesce(_ destinations: [ServiceAddress: Endpoint], of service: ServiceID) async throws(Failure) {
        // Until it is done, a stop may come first: a kernel that doesn't answer can't hold up a drain for ever.
        world.content.withLock { $0.troubled.formUnion(destinations.values) }
        try await carryOut("quiesce \(destinations.values.map(\.description))") { content in
            for (address, endpoint) in destinations where content.table[address]?[endpoint] != nil {
                write(0, endpoint, address, &content)
            }
        }
    }

    func activeConnections(_ destinations: [ServiceAddress: Endpoint]) async -> Result<Int, Failure> {
        .success(world.random(0..<3))
    }

    func openConnections(_ destinations: [ServiceAddress: Endpoint]) async -> OpenConnections? { nil }

    func delete(_ destinations: [ServiceAddress: Endpoint], of service: ServiceID) async throws(Failure) {
        try await carryOut("delete \(destinations.values.map(\.description))") { content in
            for (address, endpoint) in destinations where content.table[address] != nil {
                write(nil, endpoint, address, &content)
            }
        }
    }

    func observeAll() async throws(Failure) -> [ServiceAddress: ObservedVirtualService] {
        world.content.withLock { content in
            content.table.reduce(into: [:]) { observed, entry in
                observed[entry.key] = ObservedVirtualService(
                    settings: content.settings[entry.key],
                    settingsText: "",
                    destinations: entry.value.mapValues { ObservedDestination(weight: $0) }
                )
            }
        }
    }

    func observe(_ addresses: Set<ServiceAddress>) async throws(Failure) -> [ServiceAddress: ObservedVirtualService] {
        try await observeAll().filter { addresses.contains($0.key) }
    }

    func repair(_ repairs: [TrafficRepair], of service: ServiceID) async throws(Failure) {
        try await carryOut("repair \(repairs.map(\.kind.rawValue))") { content in
            for repair in repairs {
                switch repair.fault {
                case .virtualServiceMissing(let settings, let destinations):
                    content.table[repair.address] = destinations
                    content.settings[repair.address] = settings
                case .settingsChanged(_, let wanted): content.settings[repair.address] = wanted
                case .destinationMissing(let endpoint, let weight), .destinationChanged(let endpoint, _, let weight):
                    write(weight, endpoint, repair.address, &content)
                case .destinationForeign(let endpoint, _): write(nil, endpoint, repair.address, &content)
                }
            }
        }
    }

    /// Writes a destination, or deletes it: never one of somebody else's.
    private func write(
        _ weight: Int?,
        _ endpoint: Endpoint,
        _ address: ServiceAddress,
        _ content: inout SimulatedWorld.Content
    ) {
        if address == world.foreign { content.violations.append("\(address) was written to") }
        content.table[address, default: [:]][endpoint] = weight
    }
}
