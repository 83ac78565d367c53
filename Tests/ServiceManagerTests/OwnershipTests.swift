import Addresses
import IPVS
import Netlink
import ServiceManager
import ServiceModel
import Synchronization
import Testing

/// A virtual service at an address that isn't recorded as a service's own is never written to.
///
/// The kernel that these balancers talk to refuses every connection and counts them.
@Suite struct OwnershipTests {
    private final class Opened: Sendable {
        private let value = Mutex(0)
        var count: Int { value.withLock { $0 } }
        func add() { value.withLock { $0 += 1 } }
    }

    private let opened = Opened()
    private let address: ServiceAddress
    private let endpoint: Endpoint
    private let definition: ServiceDefinition
    private let web: ServiceID
    private let api: ServiceID

    init() throws {
        address = try ServiceAddress("172.18.0.1:7001")
        endpoint = try Endpoint("172.17.0.2:80")
        definition = ServiceDefinition(image: "web:1", port: try Port("80"), addresses: [address])
        web = try ServiceID("web")
        api = try ServiceID("api")
    }

    private func balancer(_ owners: AddressOwners) -> IPVSBalancer {
        let opened = opened
        return IPVSBalancer(
            client: IPVSClient { () throws(NetlinkFailure) in
                opened.add()
                throw .system(call: "socket", code: 1)
            },
            owners: owners,
            forgetConnections: { _, _ in },
            localAddresses: { nil }
        )
    }

    private func fails(_ body: () async throws -> Void) async -> Bool {
        do {
            try await body()
            return false
        } catch {
            return true
        }
    }

    @Test(arguments: [false, true])
    func `all writes ask the owners' record first, and leave what is another's alone`(isOthers: Bool) async throws {
        let owners = AddressOwners(isOthers ? [(api, Set([address]))] : [])
        let balancer = balancer(owners)
        try await balancer.delete([address: endpoint], of: web)
        try await balancer.quiesce([address: endpoint], of: web)
        try await balancer.release([address], of: web)
        try await balancer.configure(definition, of: web)
        try await balancer.repair([TrafficRepair(address, .destinationForeign(endpoint, weight: 1))], of: web)
        #expect(opened.count == 0)
        #expect(owners.owner(of: address) == (isOthers ? api : nil))
        if isOthers {
            let isRefused = await fails {
                try await balancer.set([address: endpoint], weight: 1, definition, of: web, Claims())
            }
            #expect(isRefused)
            #expect(opened.count == 0)
        }
    }

    @Test func `what is the service's own is written to`() async throws {
        let balancer = balancer(AddressOwners([(web, Set([address]))]))
        let deletes = await fails { try await balancer.delete([address: endpoint], of: web) }
        let releases = await fails { try await balancer.release([address], of: web) }
        #expect(deletes && releases)
        #expect(opened.count > 0)
    }

    @Test func `an address that couldn't be had isn't kept`() async throws {
        let owners = AddressOwners()
        let isRefused = await fails {
            try await balancer(owners).set([address: endpoint], weight: 1, definition, of: web, Claims())
        }
        #expect(isRefused)
        #expect(owners.owner(of: address) == nil)
    }
}
