import Addresses
import ServiceManager
import ServiceModel
import Synchronization

/// The kernel's table in memory.
final class StandInTable: LoadBalancer {
    private let table = Mutex<[ServiceAddress: [Endpoint: Int]]>([:])
    private let changes = AsyncStream.makeStream(of: Void.self)

    /// How many destinations there are.
    var count: Int { table.withLock { $0.values.reduce(0) { $0 + $1.count } } }

    /// Waits until there are this many destinations; for one reader.
    func waitForCount(_ count: Int) async {
        for await _ in changes.stream where self.count == count { return }
    }

    private func change(_ body: (inout [ServiceAddress: [Endpoint: Int]]) -> Void) {
        table.withLock { body(&$0) }
        changes.continuation.yield()
    }

    func claim(_ definition: ServiceDefinition, of service: ServiceID, _ claims: Claims) async throws(Failure) {
        change { table in
            for address in definition.addresses { table[address] = table[address] ?? [:] }
        }
    }

    func configure(_ definition: ServiceDefinition, of service: ServiceID) async throws(Failure) {}

    func release(_ addresses: [ServiceAddress], of service: ServiceID) async throws(Failure) {
        change { table in
            for address in addresses { table[address] = nil }
        }
    }

    func set(
        _ destinations: [ServiceAddress: Endpoint],
        weight: Int,
        _ definition: ServiceDefinition,
        of service: ServiceID,
        _ claims: Claims
    ) async throws(Failure) {
        change { table in
            for (address, destination) in destinations { table[address]?[destination] = weight }
        }
    }

    func quiesce(_ destinations: [ServiceAddress: Endpoint], of service: ServiceID) async throws(Failure) {
        change { table in
            for (address, destination) in destinations where table[address]?[destination] != nil {
                table[address]?[destination] = 0
            }
        }
    }

    func activeConnections(_ destinations: [ServiceAddress: Endpoint]) async -> Result<Int, Failure> { .success(0) }

    func openConnections(_ destinations: [ServiceAddress: Endpoint]) async -> OpenConnections? { nil }

    func delete(_ destinations: [ServiceAddress: Endpoint], of service: ServiceID) async throws(Failure) {
        change { table in
            for (address, destination) in destinations { table[address]?[destination] = nil }
        }
    }

    func observe(_ addresses: Set<ServiceAddress>) async throws(Failure) -> [ServiceAddress: ObservedVirtualService] {
        [:]
    }

    func observeAll() async throws(Failure) -> [ServiceAddress: ObservedVirtualService] { [:] }

    func repair(_ repairs: [TrafficRepair], of service: ServiceID) async throws(Failure) {}
}
