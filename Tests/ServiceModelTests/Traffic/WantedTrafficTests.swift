import Addresses
import ServiceModel
import TestSupport
import Testing

/// What a rollout wants of the kernel's table, in step with the writes it has asked for.
@Suite struct WantedTrafficTests {
    private func definition(
        _ image: String,
        _ addresses: [String],
        scheduler: String = "wlc"
    ) throws
        -> ServiceDefinition
    {
        ServiceDefinition(image: image, port: try Port("80"), addresses: try addresses.map { try ServiceAddress($0) }) {
            $0.scheduler = scheduler
        }
    }

    /// A service that runs one revision.
    private func settled(_ definition: ServiceDefinition) throws -> SimulatedHost {
        var host = try SimulatedHost(seed: 1)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        host.send(.document(.defined(try Revision("1-abcdef"), definition)))
        host.settle()
        return host
    }

    private func observed(
        _ host: SimulatedHost,
        _ settings: TrafficSettings
    ) -> [ServiceAddress: ObservedVirtualService] {
        host.table.mapValues { destinations in
            ObservedVirtualService(
                settings: settings,
                settingsText: "",
                destinations: destinations.mapValues { ObservedDestination(weight: $0) }
            )
        }
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `once everything is written, the table is what is wanted, whatever happened before`(seed: UInt64) throws {
        var host = try SimulatedHost(seed: seed)
        host.send(.unit(.managerStarted(nil)))
        for number in 1...4 {
            host.send(
                .document(
                    .defined(try Revision("\(number)-abcdef"), try RandomWorldTests.definition(number, replicas: 2))
                )
            )
            for _ in 0..<Int.random(in: 0...30, using: &host.generator) {
                host.answerOne()
                host.observeOne()
                if host.generator.once(in: 5) { host.operate() }
            }
            if host.generator.once(in: 4) { host.restartDaemon() }
        }
        host.hasFaults = false
        host.releaseByHand()
        host.send(.unit(.managerStarted(nil)))
        host.send(.document(.defined(try Revision("5-abcdef"), try RandomWorldTests.definition(6, replicas: 2))))
        host.settle()
        let wanted = host.rollout.wantedTraffic
        let settings = try #require(wanted.values.first?.settings)
        #expect(wanted.values.allSatisfy { !$0.destinations.values.contains(.undecided) })
        #expect(DestinationDrift.repairs(wanted: wanted, observed: observed(host, settings)).isEmpty, "seed \(seed)")
    }

    @Test func `a candidate's scheduler holds once it is current, and not before`() throws {
        var host = try settled(try definition("web:1", ["172.18.0.1:7001"]))
        let address = try ServiceAddress("172.18.0.1:7001")
        host.send(
            .document(.defined(try Revision("2-abcdef"), try definition("web:2", ["172.18.0.1:7001"], scheduler: "sh")))
        )
        #expect(host.rollout.candidate != nil)
        #expect(host.rollout.wantedTraffic[address]?.settings?.scheduler == "wlc")
        var configured: [String] = []
        host.onAction = { if case .configure(let definition) = $0 { configured.append(definition.scheduler) } }
        host.settle()
        #expect(host.rollout.current?.revision == (try Revision("2-abcdef")))
        #expect(host.rollout.wantedTraffic[address]?.settings?.scheduler == "sh")
        #expect(configured == ["sh"])
    }

    @Test func `while an address changes, both serve, and the old one goes with its last backend`() throws {
        let old = try ServiceAddress("172.18.0.1:7001")
        let new = try ServiceAddress("172.18.0.1:7002")
        var host = try settled(try definition("web:1", [old.description]))
        var sawBoth = false
        host.afterEach = { host in
            let wanted = host.rollout.wantedTraffic
            let serving = [old, new].map { wanted[$0]?.destinations.values.contains(.weight(1)) == true }
            sawBoth = sawBoth || serving == [true, true]
            #expect(serving.contains(true))
        }
        host.send(.document(.defined(try Revision("2-abcdef"), try definition("web:1", [new.description]))))
        host.settle()
        #expect(sawBoth)
        #expect(Array(host.rollout.wantedTraffic.keys) == [new])
        #expect(Array(host.table.keys) == [new])
    }

    @Test func `addresses of a revision that was given up while it claimed them are released`() throws {
        var host = try settled(try definition("web:1", ["172.18.0.1:7001"]))
        host.send(.document(.defined(try Revision("2-abcdef"), try definition("web:2", ["172.18.0.1:7002"]))))
        host.send(.document(.defined(try Revision("3-abcdef"), try definition("web:3", ["172.18.0.1:7001"]))))
        host.settle()
        #expect(Array(host.table.keys) == [try ServiceAddress("172.18.0.1:7001")])
    }

    @Test
    func `a refused address is claimed at once when the host's addresses change, and the status says why it waits`()
        throws
    {
        var rollout = Rollout(service: try ServiceID("web"))
        let revision = try Revision("1-abcdef")
        _ = rollout.handle(.unit(.managerStarted(nil)))
        let definition = try definition("web:1", ["172.18.0.1:7001"])
        _ = rollout.handle(.document(.defined(revision, definition)))
        #expect(rollout.handle(.host(.addressesChanged)).isEmpty, "it is being claimed already")
        let failure = Failure("172.18.0.1 is not an address of this host", isTransient: true)
        _ = rollout.handle(.candidate(revision, .claimFailed(failure)))
        #expect(rollout.status.detail?.contains("172.18.0.1 is not an address of this host") == true)
        #expect(rollout.handle(.host(.addressesChanged)).contains(.claimAddresses(revision, definition)))
        let again = rollout.handle(.candidate(revision, .claimFailed(failure)))
        #expect(!again.contains { if case .tell = $0 { true } else { false } }, "the same is told once")
    }

    @Test func `an address that was refused isn't wanted`() throws {
        let (own, refused) = (try ServiceAddress("172.18.0.1:7001"), try ServiceAddress("172.18.0.1:7002"))
        var host = try settled(try definition("web:1", [own.description]))
        let revision = try Revision("2-abcdef")
        host.send(.document(.defined(revision, try definition("web:2", [refused.description]))))
        #expect(Array(host.rollout.wantedTraffic.keys) == [own], "nor while it is being claimed")
        host.send(.candidate(revision, .claimFailed(Failure("simulated", isTransient: true))))
        #expect(host.rollout.candidate?.revision == revision)
        #expect(Array(host.rollout.wantedTraffic.keys) == [own])
    }

    @Test func `each address gets the container's address of its own family`() throws {
        let four = try ServiceAddress("172.18.0.1:7001")
        let six = try ServiceAddress("[fd00::1]:7001")
        var rollout = Rollout(service: try ServiceID("web"))
        let revision = try Revision("1-abcdef")
        _ = rollout.handle(.unit(.managerStarted(nil)))
        _ = rollout.handle(.document(.defined(revision, try definition("web:1", [four.description, six.description]))))
        _ = rollout.handle(.candidate(revision, .addressesClaimed([four, six])))
        _ = rollout.handle(.host(.turnGiven(.pull(revision))))
        _ = rollout.handle(.candidate(revision, .pulled(nil)))
        let id = InstanceID(revision: revision, slot: 1, attempt: 1)
        _ = rollout.handle(.host(.turnGiven(.start(id))))
        _ = rollout.handle(.instance(id, .created(ContainerID("1"))))
        let endpoints = [try Endpoint("172.17.0.2:80"), try Endpoint("[fd00:1::2]:80")]
        _ = rollout.handle(.instance(id, .started(endpoints[0], other: endpoints[1])))
        let actions = rollout.handle(.instance(id, .probed(.passing)))
        let attached = actions.compactMap { action in
            if case .attach(_, let destinations, _, _) = action { destinations } else { nil }
        }
        #expect(attached == [[four: endpoints[0], six: endpoints[1]]])
        _ = rollout.handle(.instance(id, .attached))
        #expect(rollout.wantedTraffic[six]?.destinations == [endpoints[1]: .weight(1)])
        #expect(rollout.wantedTraffic[four]?.destinations == [endpoints[0]: .weight(1)])
    }

    @Test func `a UDP backend that is to get nothing new isn't in the table`() throws {
        let address = try ServiceAddress("udp://172.18.0.1:7001")
        var host = try settled(try definition("dns:1", [address.description]))
        let id = try #require(host.rollout.instances.keys.first)
        #expect(host.rollout.wantedTraffic[address]?.destinations.isEmpty == false)
        host.send(.operator(.drainRequested(id, isForced: true)))
        #expect(host.rollout.instances[id]?.phase == .ejected)
        #expect(host.rollout.wantedTraffic[address]?.destinations.isEmpty == true)
    }
}
