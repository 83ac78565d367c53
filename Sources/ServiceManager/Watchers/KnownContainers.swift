package import Docker
package import ServiceModel

/// Which containers are ours.
///
/// Labels only lead to a service: `docker commit` copies them into an image, and every container of that image has them. A
/// container is ours if its id is known, or if it has the name that service-managerd gave it: names are unique in Docker.
package struct KnownContainers: Sendable {
    private var instances: [ContainerID: (service: ServiceID, instance: InstanceID)] = [:]
    /// The containers that were adopted.
    ///
    /// Labels of ours that they may have say nothing.
    private var adopted: Set<ContainerID> = []

    /// Takes the containers of the present rollouts.
    package init(_ rollouts: [Rollout]) {
        for rollout in rollouts {
            for instance in rollout.instances.values {
                if let container = instance.container { add(container, instance.id, of: rollout.service) }
            }
        }
    }

    /// Takes the containers that records name.
    ///
    /// - Parameter records: The record of each service.
    package init(_ records: [ServiceID: RolloutRecord]) {
        for (service, record) in records {
            for entry in (record.containers ?? []) + (record.adopted ?? []) {
                add(ContainerID(entry.container), entry.instance, of: service)
            }
            adopted.formUnion((record.adopted ?? []).map { ContainerID($0.container) })
        }
    }

    /// Adds a container of ours.
    private mutating func add(_ container: ContainerID, _ instance: InstanceID, of service: ServiceID) {
        instances[container] = (service, instance)
    }

    /// Whether its id is known.
    package func contains(_ container: ContainerID) -> Bool { instances[container] != nil }

    /// Who owns a container with our label.
    package enum Verdict: Equatable, Sendable {
        /// We do. The document is the content of its label.
        case ours(ServiceID, InstanceID, document: [UInt8]?)
        /// It was adopted, and its service knows it by its record.
        case adopted
        /// Its labels were copied: somebody else made it.
        case stranger(ContainerLabels)
        /// It lacks some of our labels, or one of them is invalid.
        case unreadable
    }

    package func verdict(on summary: ContainerSummary) -> Verdict {
        if adopted.contains(ContainerID(summary.id)) { return .adopted }
        let labels = ContainerLabels(summary.labels)
        if let known = instances[ContainerID(summary.id)] {
            return .ours(known.service, known.instance, document: labels?.document)
        }
        guard let labels else { return .unreadable }
        guard summary.names.contains(labels.containerName) else { return .stranger(labels) }
        return .ours(labels.service, labels.instance, document: labels.document)
    }

    /// What a person is told about a container with copied labels.
    package static func description(ofStranger summary: ContainerSummary, _ labels: ContainerLabels) -> String {
        "the container \(summary.names.first ?? "-") (\(summary.id.prefix(12))) has the labels of \(labels.service)'s "
            + "\(labels.instance), but service-managerd didn't create it: its image was probably made by docker commit; "
            + "it is left alone"
    }
}
