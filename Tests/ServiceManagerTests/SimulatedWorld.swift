import Addresses
import ServiceManager
import ServiceModel
import Synchronization
import TestSupport

/// A host in memory for whole daemons: Docker, the kernel's table and what containers answer, on a manual clock.
///
/// Commands take time, fail before or after they were carried out, and are lost with the daemon that gave them. Addresses of
/// containers that have ended are given out again at once, as Docker does. What no daemon may do is noted in `violations`.
final class SimulatedWorld: Sendable {
    struct Container {
        var service: ServiceID
        var instance: InstanceID
        var definition: ServiceDefinition
        var endpoint: Endpoint?
        var isRunning = false
        /// True once it was started.
        var hasRun = false
        var isSick = false
    }

    struct Content {
        var generator: SeededGenerator
        var containers: [ContainerID: Container] = [:]
        var table: [ServiceAddress: [Endpoint: Int]] = [:]
        var settings: [ServiceAddress: TrafficSettings] = [:]
        var made = 0
        var hasFaults = true
        /// Which daemon is alive; commands of others are void.
        var daemon = 0
        /// Destinations whose weight couldn't be set to 0.
        var troubled: Set<Endpoint> = []
        /// Which container had a destination's address when it was last ordered to be written.
        var written: [Endpoint: ContainerID] = [:]
        var violations: [String] = []
        var history: [String] = []
    }

    let content: Mutex<Content>
    let clock = ManualClock()
    /// Somebody else's virtual service.
    let foreign: ServiceAddress

    init(seed: UInt64) throws {
        foreign = try ServiceAddress("172.18.0.1:9999")
        var content = Content(generator: SeededGenerator(seed: seed))
        content.table[foreign] = [try Endpoint("10.0.0.7:80"): 1]
        self.content = Mutex(content)
    }

    /// Nothing fails any more from now on, but what is broken by its definition.
    func endFaults() {
        content.withLock { content in
            content.hasFaults = false
            for id in content.containers.keys { content.containers[id]?.isSick = false }
        }
    }

    var violations: [String] { content.withLock(\.violations) }
    var history: [String] { content.withLock(\.history) }
    var table: [ServiceAddress: [Endpoint: Int]] { content.withLock(\.table) }
    var containers: [ContainerID: Container] { content.withLock(\.containers) }

    func note(_ text: String) {
        let now = clock.now.offset
        content.withLock { $0.history.append("\(now) \(text)") }
    }

    /// A number of the world's own.
    func random(_ range: Range<Int>) -> Int {
        content.withLock { Int.random(in: range, using: &$0.generator) }
    }

    // MARK: By itself

    /// A container ends by itself; says whose it was.
    func crashOne() -> (ServiceID, InstanceID)? {
        content.withLock { content in
            let running = content.containers.filter(\.value.isRunning).keys.sorted { $0.rawValue < $1.rawValue }
            guard let id = running.randomElement(using: &content.generator), let found = content.containers[id] else {
                return nil
            }
            content.containers[id]?.isRunning = false
            content.containers[id]?.endpoint = nil
            content.history.append("crash of \(found.service) \(found.instance)")
            return (found.service, found.instance)
        }
    }

    /// A person stops a container; says whose it was.
    func stopOne() -> (ServiceID, ContainerID)? {
        content.withLock { content in
            let running = content.containers.filter(\.value.isRunning).keys.sorted { $0.rawValue < $1.rawValue }
            guard let id = running.randomElement(using: &content.generator), let found = content.containers[id] else {
                return nil
            }
            content.containers[id]?.isRunning = false
            content.containers[id]?.endpoint = nil
            content.history.append("stop by hand of \(found.service) \(found.instance)")
            return (found.service, id)
        }
    }

    /// A person starts a container again, if it is still there; says where it is reached.
    func startAgain(_ id: ContainerID) -> Endpoint? {
        content.withLock { content in
            guard let found = content.containers[id], !found.isRunning else { return nil }
            let taken = Set(content.containers.values.compactMap(\.endpoint))
            let free = (2..<250).lazy.compactMap { try? Endpoint("172.17.0.\($0):80") }.first { !taken.contains($0) }
            guard let free else { return nil }
            content.containers[id]?.endpoint = free
            content.containers[id]?.isRunning = true
            content.troubled.remove(free)
            content.history.append("start by hand of \(found.service) \(found.instance) at \(free)")
            return free
        }
    }

    /// A container answers its probes no more, or again.
    func sickenOne() {
        content.withLock { content in
            let all = content.containers.keys.sorted { $0.rawValue < $1.rawValue }
            guard let id = all.randomElement(using: &content.generator) else { return }
            content.containers[id]?.isSick.toggle()
        }
    }

    /// What a daemon that starts now finds.
    func observations(_ store: StateStore) -> [ServiceID: Observation] {
        let (containers, table) = content.withLock { ($0.containers, $0.table) }
        var observations: [ServiceID: Observation] = [:]
        for (id, found) in containers {
            let state: ObservedContainer.State =
                found.endpoint.map { .running($0) } ?? (found.hasRun ? .exited(ExitReport(code: 0)) : .created)
            let observed = ObservedContainer(
                container: id,
                instance: found.instance,
                definition: found.definition,
                state: state
            )
            observations[found.service, default: Observation()].containers.append(observed)
        }
        for service in Set(store.services).union(observations.keys) {
            observations[service, default: Observation()].destinations = OwnVirtualServices.find(
                recorded: store.recordedAddresses(of: service),
                containers: observations[service]?.containers ?? [],
                in: table
            )
        }
        return observations
    }

    /// Compares the table with the containers while nothing is under way.
    ///
    /// - Parameter owners: Whose each address is.
    func checkTable(_ owners: [ServiceAddress: ServiceID]) {
        content.withLock { content in
            for (address, destinations) in content.table where address != foreign {
                for (endpoint, weight) in destinations {
                    let found = content.containers.values.first { $0.endpoint == endpoint && $0.isRunning }
                    guard let found else {
                        content.violations.append("\(endpoint) at \(address) has weight \(weight) and no container")
                        continue
                    }
                    if let owner = owners[address], found.service != owner {
                        content.violations.append("\(endpoint) of \(found.service) is in the table of \(owner)")
                    }
                }
            }
        }
    }
}
