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
            .unit(.managerStarted(nil)), .document(.defined(revision, definition)),
            .candidate(revision, .addressesClaimed([address])),
            .host(.turnGiven(.pull(revision))), .candidate(revision, .pulled(nil)), .host(.turnGiven(.start(id))),
            .instance(id, .created(ContainerID(container))), .instance(id, .started(try Endpoint("172.17.0.2:80"))),
            .instance(id, .probed(.passing)),
            .instance(id, .attached),
        ]
        for event in events { _ = rollout.handle(event) }
        return rollout
    }
}
