import Addresses

extension Rollout {
    /// Whether nothing of the service is left, nor wanted: its document was deleted, and all of it has been removed.
    package var isGone: Bool {
        guard management == .unmanaged else { return false }
        return target == nil && current == nil && candidate == nil && rejection == nil && instances.isEmpty
            && claimed.isEmpty
    }

    /// The state for people, without what only the host can tell.
    package var status: ServiceStatus { status(ahead: nil) }

    /// The state for people.
    ///
    /// - Parameter ahead: How many pulls or starts of others come before its own; nil when that isn't known.
    /// - Returns: The status.
    package func status(ahead: Int?) -> ServiceStatus {
        let (state, detail) = summary(ahead)
        return ServiceStatus(
            name: service.rawValue,
            state: state,
            detail: detail,
            virtualServices: virtualServices,
            current: current?.revision.description,
            target: target?.revision.description,
            candidate: candidate?.revision.description,
            stage: candidate?.stage.name.rawValue,
            backends: backends,
            replicas: management == .managed ? current?.definition.replicas : nil,
            rolledBack: pin.map {
                .init(revision: $0.deployment.revision.description, by: $0.note.by, reason: $0.note.reason)
            },
            kept: kept.isEmpty ? nil : kept.map(\.description),
            digest: current.flatMap { images[$0.revision]?.digest },
            failed: failed,
            rejected: rejection.map { .init(revision: $0.revision.description, reasons: $0.reasons) },
            // One that is about to be removed starts nothing again.
            restarts: restarts.isEmpty || document.isWithdrawing ? nil : restartStatuses,
            ahead: ahead,
            warnings: []
        )
    }

    /// The slots that are started again, in words and for programs.
    private var restartStatuses: [ServiceStatus.RestartStatus] {
        restarts.sorted { $0.key < $1.key }.map { slot, restart in
            .init(
                slot: slot,
                count: restart.count,
                cause: restart.cause,
                exitCode: restart.exit?.code,
                outOfMemory: restart.exit?.outOfMemory,
                isCrashLoop: restart.isCrashLoop,
                isWaiting: restart.isWaiting,
                delay: restart.delay / .seconds(1),
                at: nil
            )
        }
    }

    private var virtualServices: [ServiceStatus.VirtualServiceStatus] {
        let definition = candidate?.definition ?? current?.definition
        let published = serving.reduce(into: Set<String>()) { set, instance in
            set.formUnion(instance.definition.addresses.map(\.description))
        }
        let addresses = Set(claimed).union(definition?.addresses ?? []).sorted()
        return addresses.map {
            .init(
                address: $0.description,
                scheduler: definition?.scheduler ?? "",
                isPublished: published.contains($0.description)
            )
        }
    }

    private var backends: [ServiceStatus.BackendStatus] {
        instances.values.sorted { $0.id > $1.id }.map { instance in
            .init(
                slot: instance.id.slot,
                revision: instance.id.revision.description,
                role: role(of: instance),
                phase: instance.isKept ? "stopped" : instance.phase.rawValue,
                container: instance.container?.rawValue,
                image: instance.definition.image,
                address: instance.endpoint?.description,
                weight: instance.weight,
                health: health(of: instance)
            )
        }
    }

    private func role(of instance: Instance) -> String {
        if instance.isRetiring { return "retiring" }
        if instance.id.revision == candidate?.revision { return "candidate" }
        return "current"
    }

    private func health(of instance: Instance) -> String? {
        if instance.isHandDrained { return "drained by hand" }
        if instance.isSuspended { return "paused (docker unpause)" }
        return switch instance.health {
        case nil: nil
        case .passing: "passing"
        case .failing(let evidence): "failing: \(evidence)"
        }
    }

    private var failed: [ServiceStatus.FailedRevision] {
        failures.byRevision.sorted { $0.key.description < $1.key.description }.map { revision, failure in
            .init(
                revision: revision.description,
                phase: failure.phase.rawValue,
                message: failure.message,
                lastProbe: failure.lastProbe,
                exitCode: failure.exit?.code,
                outOfMemory: failure.exit?.outOfMemory,
                lastLog: failure.lastLog,
                givenUpBy: failure.givenUp?.by
            )
        }
    }
}

extension SlotRestart {
    /// Why the slot is started again: `exit`, `out_of_memory`, `by_hand`, `with_docker` or `not_started`.
    var cause: ServiceStatus.RestartStatus.Cause {
        if exit?.isWithEngine == true { return .withDocker }
        if isByHand { return .byHand }
        if trouble != nil { return .notStarted }
        return exit?.outOfMemory == true ? .outOfMemory : .exit
    }
}
