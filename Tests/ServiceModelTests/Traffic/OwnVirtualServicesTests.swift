import Addresses
import ServiceModel
import Testing

/// Which virtual services a daemon that starts takes for its own.
@Suite struct OwnVirtualServicesTests {
    let documents: ServiceAddress
    let units: ServiceAddress
    let own: Endpoint
    let stranger: Endpoint

    init() throws {
        documents = try ServiceAddress("172.18.0.1:7001")
        units = try ServiceAddress("172.18.0.1:7002")
        own = try Endpoint("172.17.0.2:80")
        stranger = try Endpoint("10.0.0.7:80")
    }

    private func container() throws -> ObservedContainer {
        var definition = ServiceDefinition(image: "web:1", port: try Port("80"))
        definition.addresses = [documents]
        return ObservedContainer(
            container: ContainerID("a"),
            instance: InstanceID(revision: try Revision("1-abcdef"), slot: 1, attempt: 1),
            definition: definition,
            state: .running(own)
        )
    }

    @Test func `somebody else's at the address of the document is none of ours, while the unit names another`() throws {
        let table = [documents: [stranger: 5], units: [own: 1]]
        let found = OwnVirtualServices.find(recorded: [units], containers: [try container()], in: table)
        #expect(found == [units: [own: 1]])
        var record = Rollout(service: try ServiceID("web")).record
        record.isManaged = true
        record.target = try Revision("1-abcdef")
        record.current = record.target
        record.claimed = [units]
        record.unitAddresses = [units]
        let (rollout, actions) = Rollout.recovered(
            try ServiceID("web"),
            record: record,
            definitions: [try Revision("1-abcdef"): try container().definition],
            observation: Observation(containers: [try container()], destinations: found)
        )
        #expect(rollout.claimed == [units])
        #expect(rollout.serving.map(\.definition.addresses) == [[units]])
        #expect(actions.allSatisfy { if case .probe = $0 { true } else { false } }, "\(actions)")
        #expect(rollout.wantedTraffic.keys.sorted() == [units])
    }

    @Test func `an empty one is none of ours either, unless it is recorded`() throws {
        let table: [ServiceAddress: [Endpoint: Int]] = [documents: [:]]
        #expect(OwnVirtualServices.find(recorded: [], containers: [try container()], in: table).isEmpty)
        #expect(OwnVirtualServices.find(recorded: nil, containers: [try container()], in: table).isEmpty)
        #expect(OwnVirtualServices.find(recorded: [documents], containers: [], in: table) == table)
    }

    @Test func `with all records lost, what sends to our containers alone is ours`() throws {
        let containers = [try container()]
        let alone = [documents: [stranger: 1], units: [own: 1]]
        #expect(OwnVirtualServices.find(recorded: nil, containers: containers, in: alone) == [units: [own: 1]])
        let shared = [units: [own: 1, stranger: 1]]
        #expect(OwnVirtualServices.find(recorded: nil, containers: containers, in: shared).isEmpty)
    }
}
