import Addresses
import ServiceModel
import TestSupport
import Testing

/// Which images are kept for a service, and when the others are given up.
@Suite struct ImageTests {
    private func define(_ number: Int, _ host: inout SimulatedHost) throws {
        var definition = ServiceDefinition(image: "web:\(number)", port: try Port("80"))
        definition.addresses = [try ServiceAddress("172.18.0.1:7001")]
        host.send(.document(.defined(try Revision("\(number)-abcdef"), definition)))
        host.settle()
    }

    private func host() throws -> SimulatedHost {
        var host = try SimulatedHost(seed: 3)
        host.hasFaults = false
        host.send(.unit(.managerStarted(nil)))
        return host
    }

    private func images(_ host: SimulatedHost) -> [String] {
        host.rollout.images.byRevision.keys.map { String($0.rawValue.prefix { $0 != "-" }) }.sorted()
    }

    @Test func `the images of the five revisions that were current last are kept, and older ones are given up`() throws
    {
        var host = try host()
        for number in 1...5 { try define(number, &host) }
        #expect(images(host) == ["1", "2", "3", "4", "5"])
        try define(6, &host)
        #expect(images(host) == ["2", "3", "4", "5", "6"])
        try define(7, &host)
        #expect(images(host) == ["3", "4", "5", "6", "7"])
        #expect(host.rollout.kept.count == RolloutPolicy.keptRevisions)
    }

    @Test func `an image is given up only after the last container of its revision is gone`() throws {
        var host = try host()
        for number in 1...5 { try define(number, &host) }
        host.afterEach = { host in
            for action in host.outstanding {
                guard case .removeImages(let images) = action else { continue }
                #expect(host.containers.values.allSatisfy { images[$0.instance.revision] == nil })
            }
        }
        try define(6, &host)
        #expect(images(host).first == "2")
    }

    @Test func `a revision that failed keeps its image while it is the newest, for a retry`() throws {
        var host = try host()
        try define(1, &host)
        let second = try Revision("2-abcdef")
        var definition = ServiceDefinition(image: "web:2", port: try Port("80"))
        definition.addresses = [try ServiceAddress("172.18.0.1:7001")]
        host.send(.document(.defined(second, definition)))
        while host.rollout.instances.values.first(where: { $0.id.revision == second && $0.phase == .probing }) == nil {
            host.answerOne()
        }
        let id = try #require(host.rollout.instances.keys.first { $0.revision == second })
        host.send(.instance(id, .exited(ExitReport(code: 1))))
        host.settle()
        #expect(host.rollout.failures[second] != nil)
        #expect(images(host) == ["1", "2"])
        try define(3, &host)
        #expect(images(host) == ["1", "3"])
    }

    @Test func `a service whose document is gone gives up all of them`() throws {
        var host = try host()
        for number in 1...3 { try define(number, &host) }
        host.send(.document(.withdrawn))
        host.settle()
        #expect(host.containers.isEmpty)
        #expect(host.rollout.images.isEmpty)
    }

    @Test func `a removal that a restart interrupted is asked for again`() throws {
        var host = try host()
        for number in 1...5 { try define(number, &host) }
        let sixth = try Revision("6-abcdef")
        var definition = ServiceDefinition(image: "web:6", port: try Port("80"))
        definition.addresses = [try ServiceAddress("172.18.0.1:7001")]
        host.send(.document(.defined(sixth, definition)))
        host.settle()
        // As if the record had been written and nothing had been done.
        var record = host.rollout.record
        let old = try Revision("1-abcdef")
        record.images?.append(.init(revision: old, image: ImageID("sha256:1", digest: "web@sha256:2", pulled: "web:1")))
        let (_, actions) = Rollout.recovered(
            host.rollout.service,
            record: record,
            definitions: host.definitions,
            observation: Observation()
        )
        #expect(
            actions.contains(.removeImages([old: ImageID("sha256:1", digest: "web@sha256:2", pulled: "web:1")]))
        )
    }

    @Test func `what another kept revision runs keeps the name that it was pulled by`() throws {
        var rollout = Rollout(service: try ServiceID("web"))
        let (old, new) = (try Revision("1-a"), try Revision("2-a"))
        let image = ImageID("sha256:1", digest: "r/web@sha256:9", pulled: "r/web:1")
        var record = rollout.record
        record.target = new
        record.kept = [new]
        record.images = [old, new].map { .init(revision: $0, image: image) }
        let definition = ServiceDefinition(image: "r/web:1", port: try Port("80"))
        let actions: [RolloutAction]
        (rollout, actions) = Rollout.recovered(
            rollout.service,
            record: record,
            definitions: [new: definition],
            observation: Observation()
        )
        #expect(actions == [.removeImages([old: ImageID("sha256:1", digest: "r/web@sha256:9")])])
        #expect(rollout.images[new] == image)
    }

    @Test func `where an image came from is remembered`() throws {
        var host = try host()
        try define(1, &host)
        let revision = try Revision("1-abcdef")
        var record = host.rollout.record
        record.images = [.init(revision: revision, image: ImageID("sha256:1", digest: "r/w@sha256:2", pulled: "r/w:1"))]
        let (rollout, _) = Rollout.recovered(
            host.rollout.service,
            record: record,
            definitions: host.definitions,
            observation: Observation()
        )
        #expect(rollout.images[revision] == ImageID("sha256:1", digest: "r/w@sha256:2", pulled: "r/w:1"))
        #expect(rollout.record.images == record.images)
    }

    @Test func `a pull that never succeeds fails with the reason of its last attempt`() throws {
        var host = try host()
        let revision = try Revision("1-abcdef")
        var definition = ServiceDefinition(image: "r/web:1", port: try Port("80"))
        definition.addresses = [try ServiceAddress("172.18.0.1:7001")]
        host.send(.document(.defined(revision, definition)))
        host.send(.candidate(revision, .addressesClaimed(definition.addresses)))
        host.send(.candidate(revision, .pullFailed(Failure("r doesn't answer", isTransient: true))))
        #expect(host.rollout.status.detail?.contains("r doesn't answer") == true)
        host.send(.timerFired(.pull(revision)))
        #expect(host.rollout.failures[revision]?.phase == .pull)
        #expect(host.rollout.failures[revision]?.message.contains("r doesn't answer") == true)
    }
}
