import Addresses
import IPVS
import ServiceManager
import ServiceModel
import Synchronization
import Testing

/// What the balancer writes to the kernel's table, and what it leaves alone.
@Suite struct IPVSBalancerTests {
    private let kernel = KernelInMemory()
    private let owners = AddressOwners()
    private let notes = Notes()
    private let web: ServiceID
    private let address: ServiceAddress
    private let endpoint: Endpoint
    private let stranger: Endpoint
    private let definition: ServiceDefinition

    /// What was asked of those around the balancer, in order.
    private final class Notes: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    init() throws {
        web = try ServiceID("web")
        address = try ServiceAddress("172.18.0.1:7001")
        endpoint = try Endpoint("172.17.0.2:80")
        stranger = try Endpoint("10.0.0.7:80")
        definition = ServiceDefinition(image: "web:1", port: try Port("80"), addresses: [address])
    }

    private var balancer: IPVSBalancer {
        IPVSBalancer(
            client: kernel.client,
            owners: owners,
            forgetConnections: { [notes] address, endpoint in notes.add("forget \(endpoint) at \(address)") },
            localAddresses: { nil }
        )
    }

    /// Notes what is remembered, and whether the table was empty then.
    private func claims(owned: Set<ServiceAddress> = [], fails: Bool = false) -> Claims {
        Claims(
            owned: owned,
            remember: { [kernel, notes] addresses throws(Failure) in
                notes.add("remember \(addresses.map(\.description)), \(kernel.isEmpty ? "nothing" : "something") there")
                if fails { throw Failure("the disk is full") }
            },
            forget: { _ in }
        )
    }

    private func failure(of body: () async throws(Failure) -> Void) async -> Failure? {
        do throws(Failure) {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    /// Makes a virtual service with one destination, as anybody may.
    private func make(_ address: ServiceAddress, _ endpoint: Endpoint, weight: Int = 1) async throws {
        try await kernel.client.add(VirtualService(address, scheduler: Scheduler(rawValue: definition.scheduler)))
        try await kernel.client.add(Destination(endpoint, weight: weight), to: .address(address))
    }

    private func table() async throws -> [ServiceAddress: [Endpoint: Int]] { try await balancer.destinations() }

    @Test func `a claim leaves a virtual service that isn't recorded alone`() async throws {
        try await make(address, stranger)
        let before = kernel.changes
        let failure = await failure { () async throws(Failure) in
            try await balancer.claim(definition, of: web, claims())
        }
        #expect(failure?.isTransient == false)
        #expect(failure?.message.contains("10.0.0.7:80") == true)
        #expect(failure?.message.contains("isn't ours") == true)
        #expect(kernel.changes == before)
        #expect(try await table() == [address: [stranger: 1]])
        #expect(owners.owner(of: address) == nil)
        #expect(notes.all == [])
    }

    @Test func `a claim takes one that is recorded as it is`() async throws {
        try await make(address, endpoint)
        let before = kernel.changes
        try await balancer.claim(definition, of: web, claims(owned: [address]))
        #expect(kernel.changes == before)
        #expect(owners.owner(of: address) == web)
    }

    @Test func `a destination isn't added to a virtual service of somebody else's`() async throws {
        try await make(address, stranger)
        let before = kernel.changes
        let failure = await failure { () async throws(Failure) in
            try await balancer.set([address: endpoint], weight: 1, definition, of: web, claims())
        }
        #expect(failure?.message.contains("isn't ours") == true)
        #expect(kernel.changes == before)
        #expect(try await table() == [address: [stranger: 1]])
        #expect(owners.owner(of: address) == nil)
        #expect(notes.all == [])
    }

    @Test func `what is made is recorded before`() async throws {
        try await balancer.claim(definition, of: web, claims())
        #expect(notes.all == ["remember [\"172.18.0.1:7001\"], nothing there"])
        #expect(try await table() == [address: [:]])
        #expect(owners.owner(of: address) == web)
    }

    @Test func `what can't be recorded isn't made`() async throws {
        let claiming = await failure { () async throws(Failure) in
            try await balancer.claim(definition, of: web, claims(fails: true))
        }
        #expect(claiming?.message == "the disk is full")
        let setting = await failure { () async throws(Failure) in
            try await balancer.set([address: endpoint], weight: 1, definition, of: web, claims(fails: true))
        }
        #expect(setting?.message == "the disk is full")
        #expect(kernel.changes == 0)
        #expect(owners.owner(of: address) == nil)
    }

    @Test func `a virtual service that is gone is recorded, made, and given its destination`() async throws {
        try await balancer.set([address: endpoint], weight: 3, definition, of: web, claims())
        #expect(notes.all == ["remember [\"172.18.0.1:7001\"], nothing there"])
        #expect(try await table() == [address: [endpoint: 3]])
    }

    @Test func `what is quiesced has weight 0, and with UDP it is gone`() async throws {
        let datagrams = try ServiceAddress("udp://172.18.0.1:7001")
        for address in [address, datagrams] {
            try await make(address, endpoint)
            #expect(owners.take(address, for: web) == web)
        }
        try await balancer.quiesce([address: endpoint, datagrams: endpoint], of: web)
        #expect(try await table() == [address: [endpoint: 0], datagrams: [:]])
        #expect(notes.all == ["forget 172.17.0.2:80 at \(datagrams)"])
        let before = kernel.changes
        try await balancer.quiesce([address: endpoint, datagrams: endpoint], of: web)
        #expect(kernel.changes == before, "where all is as it should be, nothing is written")
    }

    @Test func `a weight that the kernel didn't take is a failure`() async throws {
        try await make(address, endpoint, weight: 1)
        #expect(owners.take(address, for: web) == web)
        try await balancer.set([address: endpoint], weight: 2, definition, of: web, claims())
        kernel.keepDestinations()
        let failure = await failure { () async throws(Failure) in
            try await balancer.set([address: endpoint], weight: 5, definition, of: web, claims())
        }
        #expect(failure?.message.contains("172.17.0.2:80") == true)
        #expect(try await table() == [address: [endpoint: 2]])
    }
}
