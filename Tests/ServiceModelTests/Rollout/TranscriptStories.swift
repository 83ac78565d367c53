import Addresses
import ServiceModel
import Testing

extension TranscriptTests {
    static let stories: [Story] = replacements + adoptions + failures + operators + deaths

    private static let replacements = [
        Story(name: "First start") { host in
            host.send(.unit(.managerStarted(nil)))
            try define(1, &host)
            host.settle()
        },
        Story(name: "Rollout") { host in
            try serving(&host)
            try define(2, &host)
            host.settle()
        },
        Story(name: "Rollout, stop first") { host in
            try serving(&host)
            try define(2, &host) { $0.order = .stopFirst }
            host.settle()
        },
        Story(name: "Rollout of three replicas") { host in
            try serving(&host) { $0.replicas = 3 }
            try define(2, &host) { $0.replicas = 3 }
            host.settle()
        },
        Story(name: "More and fewer replicas") { host in
            try serving(&host)
            try define(2, &host) { $0.replicas = 2 }
            host.settle()
            try define(3, &host)
            host.settle()
        },
        Story(name: "Canary, promoted by a person") { host in
            try serving(&host)
            try define(2, &host) { $0.canary = Canary(percent: 10, hold: nil) }
            host.settle { if case .hold = $0 { false } else { true } }
            host.send(.operator(.promoteRequested))
            host.settle()
        },
        Story(name: "Canary, given up by a person") { host in
            try serving(&host)
            try define(2, &host) { $0.canary = Canary(percent: 10, hold: nil) }
            host.settle { if case .hold = $0 { false } else { true } }
            host.send(.operator(.abortRequested(OperatorNote(by: "anna"))))
            host.settle()
        },
        Story(name: "Change of address") { host in
            try serving(&host)
            try define(2, &host) { $0.addresses = [try ServiceAddress("172.18.0.1:7002")] }
            host.settle()
        },
        Story(name: "Superseded in mid-rollout") { host in
            try serving(&host)
            try define(2, &host)
            try proceed(&host, until: 2, .probing)
            try define(3, &host)
            host.settle()
        },
        Story(name: "Same revision again") { host in
            try serving(&host)
            try define(1, &host)
            host.settle()
        },
        Story(name: "Rolls only for changes") { host in
            try serving(&host)
            try define(2, &host) {
                $0.image = "web:1"
                $0.roll = .specification
            }
            host.settle()
        },
    ]

    private static let adoptions = [
        Story(name: "Adopted from the predecessor, then replaced") { host in
            let (adopted, _) = try stranger(&host)
            host.send(.unit(.managerStarted(nil)))
            try define(1, &host)
            host.settle()
            host.foreign = [:]
            host.send(.operator(.adopted(adopted)))
            host.transcript?.append("")
            host.restartDaemon()
            host.settle()
            host.transcript?.append("")
            try define(2, &host)
            host.settle()
        }
    ]

    /// A container and a virtual service that were there before us.
    static func stranger(_ host: inout SimulatedHost) throws -> (AdoptedContainer, ContainerID) {
        let address = try ServiceAddress("172.18.0.1:7001")
        let endpoint = try Endpoint("172.17.0.2:80")
        let container = ContainerID("stranger")
        host.foreign[address] = [endpoint: 1]
        host.table[address] = [endpoint: 1]
        host.containers[container] = .init(
            instance: InstanceID(revision: try revision(1), slot: 1, attempt: 1),
            definition: ServiceDefinition(image: "web:1", port: try Port("80"), addresses: [address]),
            endpoint: endpoint,
            isRunning: true,
            isUnlabelled: true
        )
        let adopted = AdoptedContainer(
            container: container,
            endpoint: endpoint,
            revision: try revision(1),
            addresses: [address],
            weight: 1,
            image: ImageID("sha256:1")
        )
        return (adopted, container)
    }

    private static let failures = [
        Story(name: "Candidate without an image") { host in
            try serving(&host)
            host.qualities[try revision(2)] = .noImage
            try define(2, &host)
            host.settle()
        },
        Story(name: "Candidate that is never healthy") { host in
            try serving(&host)
            host.qualities[try revision(2)] = .neverHealthy
            try define(2, &host)
            host.settle()
        },
        Story(name: "Candidate that crashes in service") { host in
            try serving(&host)
            host.qualities[try revision(2)] = .crashes
            try define(2, &host)
            host.settle()
        },
        Story(name: "First revision fails, the next serves") { host in
            host.send(.unit(.managerStarted(nil)))
            host.qualities[try revision(1)] = .cannotStart
            try define(1, &host)
            host.settle()
            try define(2, &host)
            host.settle()
        },
        Story(name: "Invalid revision") { host in
            try serving(&host)
            host.send(.document(.rejected(try revision(2), ["port: expected a number from 1 to 65535, found \"80x\""])))
            host.settle()
        },
        Story(name: "Foreign virtual service") { host in
            try serving(&host)
            host.foreign[try ServiceAddress("172.18.0.1:9999")] = [:]
            try define(2, &host) { $0.addresses = [try ServiceAddress("172.18.0.1:9999")] }
            host.settle()
        },
        Story(name: "Crash and back-off") { host in
            try serving(&host)
            host.crash(try container(host), ExitReport(code: 1))
            try proceed(&host, until: 1, .attaching)
            host.crash(try container(host), ExitReport(code: 1))
            host.settle()
        },
        Story(name: "Unhealthy and well again") { host in
            try serving(&host) { $0.replicas = 2 }
            let ill = try container(host)
            host.sick = [ill]
            host.settle()
            host.sick = []
            host.settle()
        },
        Story(name: "Docker is restarted") { host in
            try serving(&host)
            let container = try container(host)
            host.containers[container]?.isRunning = false
            host.send(.host(.engineReturned))
            host.send(.instance(try #require(host.containers[container]).instance, .exited(ExitReport(code: 137))))
            host.settle()
        },
    ]

    private static let operators = [
        Story(name: "Pause and resume") { host in
            try serving(&host)
            host.send(.operator(.pauseRequested(note)))
            try define(2, &host)
            host.settle()
            host.send(.operator(.resumeRequested))
            host.settle()
        },
        Story(name: "Rollback and its end") { host in
            try serving(&host)
            try define(2, &host)
            host.settle()
            let definition = try #require(host.definitions[try revision(1)])
            host.send(.operator(.rollbackRequested(try revision(1), definition, note)))
            host.settle()
            host.send(.operator(.resumeRequested))
            host.settle()
        },
        Story(name: "Restart of two replicas") { host in
            try serving(&host) { $0.replicas = 2 }
            host.send(.operator(.restartRequested(note)))
            host.settle()
        },
        Story(name: "Drained by hand, and back") { host in
            try serving(&host) { $0.replicas = 2 }
            let id = try #require(host.rollout.serving.first?.id)
            host.send(.operator(.drainRequested(id, isForced: false)))
            host.settle()
            host.send(.operator(.undrainRequested(id)))
            host.settle()
        },
        Story(name: "Stopped by hand") { host in
            try serving(&host)
            host.send(.unit(.revisionStopRequested(try revision(1))))
            host.settle()
        },
        Story(name: "Withdrawn, and put back within the grace") { host in
            try serving(&host)
            host.send(.document(.withdrawn))
            try define(1, &host)
            host.settle()
        },
        Story(name: "Withdrawn for good") { host in
            try serving(&host)
            host.send(.document(.withdrawn))
            host.settle()
        },
        Story(name: "Manager stopped and started") { host in
            try serving(&host)
            host.send(.unit(.managerStopRequested))
            host.settle()
            try define(2, &host)
            host.send(.unit(.managerStarted(nil)))
            host.settle()
        },
    ]

    /// The daemon is killed with the new instance in each phase; what was ordered last had been done.
    private static let deaths =
        [Instance.Phase.creating, .starting, .probing, .attaching, .serving].map { phase in
            Story(name: "Daemon killed while the new instance is \(phase)") { host in
                try serving(&host)
                try define(2, &host)
                try proceed(&host, until: 2, phase)
                host.transcript?.append("")
                host.restartDaemon()
                host.settle()
            }
        }
        + [Instance.Phase.draining, .stopping, .detaching, .removing].map { phase in
            Story(name: "Daemon killed while the old instance is \(phase)") { host in
                try serving(&host)
                try define(2, &host)
                try proceed(&host, until: 1, phase)
                host.transcript?.append("")
                host.restartDaemon()
                host.settle()
            }
        }
}
