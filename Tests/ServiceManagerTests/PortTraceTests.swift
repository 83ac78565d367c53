import Addresses
import IPVS
import Netlink
import ServiceManager
import ServiceModel
import Synchronization
import Testing

/// The straight line of Docs/Design.md: from a field of a document to an attribute of a netlink message.
@Suite struct PortTraceTests {
    /// The kernel, which notes each datagram that it is sent.
    private final class Wire: GenericNetlinkTransport, Sendable {
        private let kernel = KernelInMemory()
        private let datagrams = Mutex<[[UInt8]]>([])
        var sent: [[UInt8]] { datagrams.withLock { $0 } }
        var family: UInt16 { kernel.family }

        func send(_ datagram: [UInt8]) throws(NetlinkFailure) {
            datagrams.withLock { $0.append(datagram) }
            try kernel.send(datagram)
        }

        func receive(timeout: Duration) throws(NetlinkFailure) -> NetlinkReception {
            try kernel.receive(timeout: timeout)
        }
    }

    @Test func `the port of a document becomes the port of a destination, in network byte order`() async throws {
        let json = #"{"image": "web:1", "port": 8088, "address": "172.18.0.1:7001"}"#
        let definition = try #require(ServiceDefinition.decode(Array(json.utf8)).definition)
        let (id, revision) = (try ServiceID("web"), try Revision("1-abcdef"))
        let instance = InstanceID(revision: revision, slot: 1, attempt: 1)
        var rollout = Rollout(service: id)
        var actions: [RolloutAction] = []
        for event: RolloutEvent in [
            .unit(.managerStarted(nil)), .document(.defined(revision, definition)),
            .candidate(revision, .addressesClaimed(definition.addresses)), .host(.turnGiven(.pull(revision))),
            .candidate(revision, .pulled(nil)), .host(.turnGiven(.start(instance))),
            .instance(instance, .created(ContainerID("c1"))),
            .instance(instance, .started(Endpoint(address: try IPAddress("172.17.0.2"), port: definition.port))),
            .instance(instance, .probed(.passing)),
        ] { actions += rollout.handle(event) }
        let attach = actions.compactMap { action -> ([ServiceAddress: Endpoint], Int)? in
            if case .attach(instance, let destinations, let weight, _) = action { (destinations, weight) } else { nil }
        }
        let (destinations, weight) = try #require(attach.first)

        let wire = Wire()
        let balancer = IPVSBalancer(
            client: IPVSClient { () throws(NetlinkFailure) in wire },
            owners: AddressOwners(),
            forgetConnections: { _, _ in },
            localAddresses: { nil }
        )
        let claims = Claims(owned: [], remember: { _ throws(Failure) in }, forget: { _ in })
        try await balancer.set(destinations, weight: weight, definition, of: id, claims)
        // struct nlattr (linux/netlink.h): length 6, type IPVS_DEST_ATTR_PORT 2 (linux/ip_vs.h), 8088, and its padding.
        let attribute: [UInt8] = [6, 0, 2, 0, 0x1F, 0x98, 0, 0]
        let with = wire.sent.filter { datagram in
            datagram.indices.contains { datagram[$0...].starts(with: attribute) }
        }
        #expect(with.count == 1)
        #expect(try await balancer.destinations() == [definition.addresses[0]: [try Endpoint("172.17.0.2:8088"): 1]])
    }
}
