import Addresses
import ServiceModel

extension Rollout {
    /// A service at 172.18.0.1:7001 with one container in service, at 172.17.0.2:80.
    static func serving(_ container: String, of service: String = "web") throws -> Rollout {
        let revision = try Revision("7-abcdef")
        let address = try ServiceAddress("172.18.0.1:7001")
        let definition = ServiceDefinition(image: "web:1", port: try Port("80"), addresses: [address])
        let id = InstanceID(revision: revision, slot: 1, attempt: 1)
        var rollout = Rollout(service: try ServiceID(service))
        let events: [RolloutEvent] = [
            .managerStarted(nil), .defined(revision, definition), .addressesClaimed(revision, [address]),
            .turnGiven(.pull(revision)), .pulled(revision, nil), .turnGiven(.start(id)),
            .created(id, ContainerID(container)), .started(id, try Endpoint("172.17.0.2:80")), .probed(id, .passing),
            .attached(id),
        ]
        for event in events { _ = rollout.handle(event) }
        return rollout
    }
}
