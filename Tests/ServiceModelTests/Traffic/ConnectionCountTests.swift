import Addresses
import ServiceModel
import Testing

/// The kernel's counts of connections in the status.
@Suite struct ConnectionCountTests {
    /// A service with two addresses whose second revision serves beside the first.
    private func host() throws -> SimulatedHost {
        var host = try SimulatedHost(seed: 1)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        for number in 1...2 {
            let definition = ServiceDefinition(
                image: "web:\(number)",
                port: try Port("80"),
                addresses: [try ServiceAddress("172.18.0.1:7001"), try ServiceAddress("172.18.0.1:7002")]
            ) {
                $0.replicas = 2
                $0.parallelism = 1
            }
            host.send(.document(.defined(try Revision("\(number)-abcdef"), definition)))
            // The second stays in service for less than its min_healthy.
            host.settle { _ in number == 1 }
        }
        return host
    }

    /// What the kernel counts of an endpoint at an address: different for each.
    private func active(_ address: ServiceAddress, _ endpoint: Endpoint) -> Int {
        (address.description.contains("7001") ? 100 : 1) * (Int(endpoint.address.description.suffix(1)) ?? 0)
    }

    private func observed(_ host: SimulatedHost) -> [ServiceAddress: ObservedVirtualService] {
        var observed: [ServiceAddress: ObservedVirtualService] = [:]
        for (address, destinations) in host.table {
            var counted: [Endpoint: ObservedDestination] = [:]
            for (endpoint, weight) in destinations {
                let count = active(address, endpoint)
                counted[endpoint] = ObservedDestination(
                    weight: weight,
                    activeConnections: count,
                    inactiveConnections: 10_000 + count
                )
            }
            observed[address] = ObservedVirtualService(settings: nil, settingsText: "", destinations: counted)
        }
        return observed
    }

    @Test func `each backend has its own, summed up over the service's addresses`() throws {
        let host = try host()
        let backends = host.rollout.status(with: observed(host)).backends
        #expect(backends.map(\.revision) == ["2-abcdef", "1-abcdef", "1-abcdef"])
        #expect(Set(backends.compactMap(\.address)).count == 3)
        for backend in backends {
            let endpoint = try Endpoint(try #require(backend.address))
            let expected = host.table.keys.reduce(0) { $0 + active($1, endpoint) }
            #expect(expected > 100)
            #expect(backend.activeConnections == expected, "\(backend)")
            #expect(backend.inactiveConnections == 20_000 + expected, "\(backend)")
        }
    }

    @Test func `one that is no destination has none, and nobody has where the kernel can't be read`() throws {
        let host = try host()
        var observed = observed(host)
        let backends = host.rollout.status(with: observed).backends
        let gone = try Endpoint(try #require(backends[1].address))
        for address in observed.keys { observed[address]?.destinations[gone] = nil }
        let found = host.rollout.status(with: observed).backends.map(\.activeConnections)
        #expect(found == [backends[0].activeConnections, nil, backends[2].activeConnections])
        #expect(host.rollout.status(with: nil).backends.map(\.activeConnections) == [nil, nil, nil])
        #expect(host.rollout.status(with: [:]).backends.map(\.inactiveConnections) == [nil, nil, nil])
    }
}
