import Addresses
import FoundationEssentials
import IPVS
import ServiceManager
import ServiceModel
import TestSupport
import Testing

/// Which virtual services a daemon takes for its own when it starts.
@Suite(.timeLimit(.minutes(5))) struct HostObserverTests {
    private let kernel = KernelInMemory()
    private let folder = SteppedDaemon.newFolder
    private let store: StateStore
    private let web: ServiceID
    private let api: ServiceID
    private let address: ServiceAddress
    private let endpoint: Endpoint

    init() throws {
        store = SteppedDaemon.store(folder)
        web = try ServiceID("web")
        api = try ServiceID("api")
        address = try ServiceAddress("172.18.0.1:7001")
        endpoint = try Endpoint("10.0.0.7:80")
    }

    private func record(claimed: [ServiceAddress]) {
        var record = Rollout(service: web).record
        record.isManaged = true
        record.claimed = claimed
        store.save(record, of: web)
    }

    /// What a daemon that starts in a boot finds on a host without containers.
    private func observe(boot: String, _ owners: AddressOwners) async throws -> [ServiceAddress: [Endpoint: Int]] {
        var found: [ServiceAddress: [Endpoint: Int]] = [:]
        try await withListedContainers([]) { runtime, log in
            let observer = HostObserver(
                runtime: runtime,
                balancer: IPVSBalancer(
                    client: kernel.client,
                    owners: owners,
                    forgetConnections: { _, _ in },
                    localAddresses: { nil }
                ),
                store: store,
                owners: owners,
                boot: boot,
                registry: ServiceRegistry(),
                clock: ManualClock(),
                logger: log.logger
            )
            found = await observer.observe()[web]?.destinations ?? [:]
        }
        return found
    }

    private func makeVirtualService() async throws {
        try await kernel.client.add(VirtualService(address))
        try await kernel.client.add(Destination(endpoint, weight: 1), to: .address(address))
    }

    @Test(arguments: [true, false])
    func `what is at a recorded address is own, and after a boot somebody else's`(isSameBoot: Bool) async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        record(claimed: [address])
        store.noteBoot("one")
        try await makeVirtualService()
        let owners = AddressOwners([(web, [address])])
        let found = try await observe(boot: isSameBoot ? "one" : "two", owners)
        #expect(found == (isSameBoot ? [address: [endpoint: 1]] : [:]))
        #expect(store.claimedAddresses(of: web) == (isSameBoot ? [address] : []))
        #expect(owners.owner(of: address) == (isSameBoot ? web : nil))
        #expect(!store.isRecordedBefore(isSameBoot ? "one" : "two"), "it is known for the boot that it was seen in")
    }

    @Test func `an address that was only about to be claimed is free`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        record(claimed: [])
        try store.addClaims([address], of: web)
        let owners = AddressOwners([(web, [address])])
        #expect(try await observe(boot: "one", owners) == [:])
        #expect(store.claimedAddresses(of: web) == [])
        #expect(owners.take(address, for: api) == api)
    }

    @Test func `an address that was about to be claimed, and was, is own`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        record(claimed: [])
        try store.addClaims([address], of: web)
        try await makeVirtualService()
        let owners = AddressOwners([(web, [address])])
        #expect(try await observe(boot: "one", owners) == [address: [endpoint: 1]])
        #expect(owners.take(address, for: api) == web)
    }
}
