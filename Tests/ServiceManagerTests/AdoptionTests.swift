import Addresses
import ServiceManager
import ServiceModel
import Testing

/// A container of the predecessor's is taken over only where everything is as the service's definition says.
@Suite struct AdoptionTests {
    let address: ServiceAddress
    let endpoint: Endpoint
    let stranger: Endpoint
    let revision: Revision

    init() throws {
        address = try ServiceAddress("172.18.0.1:7001")
        endpoint = try Endpoint("172.17.0.2:80")
        stranger = try Endpoint("172.17.0.9:80")
        revision = try Revision("1-abc")
    }

    /// A service whose document is known, and whose claim was refused, as there is a virtual service already.
    private func rollout() throws -> Rollout {
        var rollout = Rollout(service: try ServiceID("web"))
        _ = rollout.handle(.unit(.managerStarted(nil)))
        let definition = ServiceDefinition(image: "web:1", port: try Port("80"), addresses: [address])
        _ = rollout.handle(.document(.defined(revision, definition)))
        _ = rollout.handle(.candidate(revision, .claimFailed(Failure("it isn't ours"))))
        return rollout
    }

    private func facts() -> AdoptionFacts {
        AdoptionFacts(
            asked: "predecessor",
            container: .init(
                id: "0123456789abcdef",
                isRunning: true,
                image: "web:1",
                imageID: "sha256:1",
                endpoint: endpoint
            ),
            documentImage: "sha256:1",
            destinations: [address: [.init(endpoint, weight: 1)]]
        )
    }

    private func plan(_ facts: AdoptionFacts, at address: ServiceAddress? = nil) throws -> OperatorPlan {
        let rollout = try rollout()
        let (deployment, addresses) = try rollout.adoptable(at: address)
        return try OperatorPlan(adopting: facts, deployment, at: addresses, for: rollout)
    }

    private func refusal(_ change: (inout AdoptionFacts) -> Void) -> String {
        var facts = facts()
        change(&facts)
        do {
            return "accepted: \(try plan(facts).message)"
        } catch let refusal as OperatorRefusal {
            #expect(!refusal.next.isEmpty)
            return refusal.message
        } catch {
            return "\(error)"
        }
    }

    @Test func `what serves as the definition says becomes the service's first instance, and nothing is done`() throws {
        var rollout = try rollout()
        let plan = try plan(facts())
        let event = try #require(plan.events.first)
        #expect(plan.events.count == 1)
        let actions = rollout.handle(event)
        for action in actions {
            switch action {
            case .probe, .tell, .cancelTimer, .setTimer: break
            default: Issue.record("it isn't left as it is: \(action)")
            }
        }
        let instance = try #require(rollout.serving.first)
        #expect(instance.container == ContainerID("0123456789abcdef"))
        #expect(instance.endpoint == endpoint)
        #expect(rollout.status.state == .running)
        #expect(rollout.claimed == [address])
        #expect(rollout.record.adopted?.map(\.container) == ["0123456789abcdef"])
    }

    @Test func `each refusal says what was found and what was expected`() {
        #expect(refusal { $0.container = nil } == "Docker has no container predecessor")
        #expect(
            refusal { $0.container?.service = "mail" }
                == "the container 0123456789ab already belongs to the service mail"
        )
        #expect(refusal { $0.container?.isRunning = false } == "the container 0123456789ab doesn't run")
        #expect(
            refusal { $0.documentImage = "sha256:2" }
                == "the container 0123456789ab runs web:1 (sha256:1), but the document of web names web:1 (sha256:2)"
        )
        #expect(refusal { $0.documentImage = nil }.hasSuffix("names web:1 (not on this host)"))
        #expect(
            refusal { $0.container?.endpoint = nil }
                == "the container 0123456789ab has no address in the network bridge"
        )
        #expect(
            refusal { $0.destinations = [:] }
                == "the kernel has no virtual service at 172.18.0.1:7001, expected one with the destination 172.17.0.2:80"
        )
        #expect(
            refusal { $0.destinations = [address: []] }
                == "the virtual service at 172.18.0.1:7001 has no destination, expected 172.17.0.2:80"
        )
        #expect(
            refusal { $0.destinations = [address: [.init(endpoint, weight: 1), .init(stranger, weight: 0)]] }
                == "the virtual service at 172.18.0.1:7001 also has other destinations: 172.17.0.9:80"
        )
        #expect(
            refusal { $0.destinations = [address: [.init(endpoint, weight: 0)]] }
                == "172.17.0.2:80 has weight 0 at 172.18.0.1:7001: it gets no new connections"
        )
        #expect(
            refusal { $0.destinations = [address: [.init(endpoint, weight: 1, isMasqueraded: false)]] }
                == "172.17.0.2:80 isn't reached by masquerading at 172.18.0.1:7001"
        )
    }

    @Test func `only a service with a definition and nothing of its own adopts`() throws {
        let unknown = Rollout(service: try ServiceID("web"))
        #expect(throws: OperatorRefusal.self) { try unknown.adoptable(at: nil) }
        #expect(throws: OperatorRefusal.self) {
            try rollout().adoptable(at: try ServiceAddress("172.18.0.1:7002"))
        }
        var adopted = try rollout()
        for event in try plan(facts()).events { _ = adopted.handle(event) }
        #expect(throws: OperatorRefusal.self) { try adopted.adoptable(at: nil) }
    }

    @Test func `an address is asked for where neither the document nor the unit names one`() throws {
        var rollout = Rollout(service: try ServiceID("web"))
        _ = rollout.handle(.document(.defined(revision, ServiceDefinition(image: "web:1", port: try Port("80")))))
        #expect(throws: OperatorRefusal.self) { try rollout.adoptable(at: nil) }
        let (deployment, addresses) = try rollout.adoptable(at: address)
        #expect(addresses == [address])
        let plan = try OperatorPlan(adopting: facts(), deployment, at: addresses, for: rollout)
        for event in plan.events { _ = rollout.handle(event) }
        #expect(rollout.serving.first?.definition.addresses == [address])
        #expect(rollout.record.unitAddresses == [address])
    }
}
