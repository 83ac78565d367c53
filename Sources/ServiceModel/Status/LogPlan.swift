/// Where the lines that a service's containers wrote are read.
package enum LogPlan: Equatable, Sendable {
    /// Docker has them: these containers of the revision are there.
    case containers(Revision, [LogSource])
    /// Its containers are gone; the journal has what they wrote.
    case journal(Revision)

    /// - Parameters:
    ///   - rollout: The service as it is.
    ///   - text: The revision: whole, or the beginning of it; nil for that of the newest container.
    ///   - remembered: The revisions of the service's history, the newest first.
    /// - Throws: `OperatorRefusal` where there is no such revision.
    package init(
        _ rollout: Rollout,
        revision text: String?,
        remembered: [Revision]
    ) throws(OperatorRefusal) {
        let revision = try Self.revision(rollout, text, remembered)
        let sources = rollout.instances.values
            .filter { $0.id.revision == revision }
            .sorted { $0.id < $1.id }
            .compactMap { instance in instance.container.map { LogSource(slot: instance.id.slot, container: $0) } }
        self = sources.isEmpty ? .journal(revision) : .containers(revision, sources)
    }

    private static func revision(
        _ rollout: Rollout,
        _ text: String?,
        _ remembered: [Revision]
    ) throws(OperatorRefusal) -> Revision {
        let running = rollout.instances.values.filter { $0.container != nil }.sorted { $0.id > $1.id }.map(
            \.id.revision
        )
        let wanted = [rollout.goal?.revision, rollout.current?.revision].compactMap(\.self)
        let known = running + wanted + rollout.kept + rollout.failures.revisions.reversed() + remembered
        guard let text else {
            guard let newest = known.first else {
                throw OperatorRefusal(
                    "nothing of \(rollout.service) has run yet",
                    next: "smctl status \(rollout.service) says what it waits for"
                )
            }
            return newest
        }
        return try rollout.revision(text, among: known)
    }
}

/// A container whose lines are shown.
package struct LogSource: Equatable, Sendable {
    package var slot: Int
    package var container: ContainerID

    package init(slot: Int, container: ContainerID) {
        self.slot = slot
        self.container = container
    }

    /// What each of its lines begins with, where there are several: `web.2 | `.
    package func label(_ service: ServiceID) -> String { "\(service).\(slot) | " }
}
