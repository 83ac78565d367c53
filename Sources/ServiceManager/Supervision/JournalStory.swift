import Addresses
package import Logging
package import ServiceModel

/// Tells a rollout in plain sentences, each with the fields to search by: `journalctl -u service-managerd SERVICE_ID=web`.
package enum JournalStory {
    /// Writes one notice.
    package static func tell(_ notice: RolloutNotice, of service: ServiceID, _ logger: Logger) {
        let line = line(notice)
        logger.log(level: line.level, "\(service): \(line.text)", metadata: line.metadata(service))
    }

    private struct Line {
        var level = Logger.Level.notice
        var text: String
        var fields: [LogKey: String] = [:]

        func metadata(_ service: ServiceID) -> Logger.Metadata {
            var metadata: Logger.Metadata = [LogKey.service.rawValue: "\(service)"]
            for (key, value) in fields { metadata[key.rawValue] = .string(value) }
            return metadata
        }
    }

    private static func line(_ notice: RolloutNotice) -> Line {
        switch notice {
        // Rollouts
        case .rolloutBegan(let revision, nil):
            Line(text: "rollout of \(revision) begins: it is the first revision", fields: [.revision: "\(revision)"])
        case .rolloutBegan(let revision, let from?):
            Line(text: "rollout of \(revision) begins, replacing \(from)", fields: [.revision: "\(revision)"])
        case .rolloutSuperseded(let revision, let newer):
            Line(text: "rollout of \(revision) is given up for the newer \(newer)", fields: [.revision: "\(revision)"])
        case .rolloutGivenUp(let revision, let note, let other, let kept):
            Line(
                text: "rollout of \(revision) is given up\(by(note))"
                    + (other.map { ", who goes back to \($0)" } ?? kept.map { "; \($0) stays" }
                        ?? "; nothing is left to serve"),
                fields: [.revision: "\(revision)"]
            )
        case .definitionHeld(let revision, _, let note):
            Line(text: "\(revision) waits: the service is paused by \(note.by)", fields: [.revision: "\(revision)"])
        case .rolloutCompleted(let revision):
            Line(
                text:
                    "\(revision) is in service and stable: it is now the current revision, and earlier ones are drained",
                fields: [.revision: "\(revision)"]
            )
        case .rolloutFailed(let revision, let failure, let kept):
            Line(
                level: .error,
                text: "rollout of \(revision) failed in phase \"\(failure.phase.rawValue)\": \(failure.message). "
                    + (kept.map { "\($0) was never touched and serves" } ?? "nothing is left to serve"),
                fields: [.revision: "\(revision)", .phase: failure.phase.rawValue, .error: failure.message]
            )
        case .definitionRejected(let revision, let reasons, let kept):
            Line(
                level: .error,
                text: "\(revision) isn't a valid definition: \(reasons.joined(separator: "; ")). "
                    + (kept.map { "\($0) stays" } ?? "nothing runs until it is corrected"),
                fields: [.revision: "\(revision)", .phase: RolloutPhase.definition.rawValue]
            )
        case .pullRetried(let revision, let failure, let delay):
            Line(level: .warning, text: "the image of \(revision) is pulled again in \(delay.shortText): \(failure)")
        case .claimRetried(let revision, let failure, let delay):
            Line(level: .warning, text: "the address of \(revision) is claimed again in \(delay.shortText): \(failure)")
        // Instances
        case .instanceStarted(let id, let container, let endpoint):
            Line(text: "\(id) runs as container \(container) at \(endpoint)", fields: fields(id, container))
        case .instanceRestarted(let id, let container, let endpoint):
            Line(
                text: "the container of \(id) was started again by somebody else, and is reached at \(endpoint); "
                    + "it returns to service once it is healthy",
                fields: fields(id, container)
            )
        case .instanceInService(let id, let endpoint):
            Line(text: "\(id) at \(endpoint) is healthy and in service", fields: fields(id))
        case .instanceDraining(let id, let endpoint):
            Line(text: "\(id) at \(endpoint) gets no new connections and is drained", fields: fields(id))
        case .instanceDrained(let id, true):
            Line(text: "\(id) has no active connection left and is stopped", fields: fields(id))
        case .instanceDrained(let id, false):
            Line(
                level: .warning,
                text: "\(id) still has connections at its drain_timeout and is stopped",
                fields: fields(id)
            )
        case .instanceExited(let id, let exit, true, _):
            Line(level: .info, text: "\(id) has exited with code \(exit.code)", fields: fields(id, exit: exit))
        case .instanceExited(let id, let exit, false, _) where exit.isWithEngine:
            Line(
                level: .warning,
                text: "Docker was stopped, and the container of \(id) with it; another is started when Docker is back",
                fields: fields(id, exit: exit)
            )
        case .instanceExited(let id, let exit, false, let delay) where exit.isByHand:
            Line(
                level: .warning,
                text: "the container of \(id) was stopped by somebody else"
                    + (delay.map { "; another is started in \($0.shortText)" } ?? ""),
                fields: fields(id, exit: exit)
            )
        case .instanceExited(let id, let exit, false, let delay):
            Line(
                level: .error,
                text: "\(id) exited by itself with code \(exit.code)\(exit.outOfMemory ? " (out of memory)" : "")"
                    + (delay.map { "; it is started again in \($0.shortText)" } ?? ""),
                fields: fields(id, exit: exit)
            )
        case .instanceVanished(let id, let delay):
            Line(
                level: .error,
                text: "the container of \(id) was removed by somebody else"
                    + (delay.map { "; another is started in \($0.shortText)" } ?? ""),
                fields: fields(id)
            )
        case .instanceUnhealthy(let id, let evidence, let isLast):
            Line(
                level: .warning,
                text: "\(id) fails its probes: \(evidence); "
                    + (isLast ? "it is the last that serves and stays in service" : "it is taken out of service"),
                fields: fields(id)
            )
        case .instanceHealthyAgain(let id): Line(text: "\(id) is healthy again and back in service", fields: fields(id))
        case .commandRetried(let id, let phase, let failure, let delay):
            Line(
                level: .warning,
                text: "\(id) is \(phase.rawValue): \(failure); tried again in \(delay.shortText)",
                fields: fields(id)
            )
        // What a person asked for
        case .paused(let note): Line(text: "paused\(by(note)): no rollout begins or continues until `smctl resume`")
        case .resumed: Line(text: "resumed")
        case .rolledBack(let revision, let note):
            Line(
                text: "rolled back to \(revision)\(by(note)); it stays until `smctl resume` or a newer revision",
                fields: [.revision: "\(revision)"]
            )
        case .unpinned(let revision):
            Line(text: "the rollback to \(revision) has ended: the newest revision is wanted again")
        case .unchanged(let revision, let current):
            Line(
                text:
                    "\(revision) changes nothing that replaces containers with \"roll\": \"spec\": those of \(current) stay",
                fields: [.revision: "\(revision)"]
            )
        case .canaryHolds(let revision, let percent, let delay):
            Line(
                text: "\(revision) gets \(percent) % of the new connections and "
                    + (delay.map { "takes over in \($0.shortText)" } ?? "waits for `smctl promote`"),
                fields: [.revision: "\(revision)"]
            )
        case .canaryPromoted(let revision): Line(text: "\(revision) is promoted", fields: [.revision: "\(revision)"])
        case .restarting(let revision, let note):
            Line(
                text: "the containers of \(revision) are replaced by new ones\(by(note))",
                fields: [.revision: "\(revision)"]
            )
        case .handDrained(let id):
            Line(text: "\(id) is taken out of service by hand, until `smctl undrain`", fields: fields(id))
        case .undrained(let id): Line(text: "\(id) may serve again", fields: fields(id))
        // What somebody else did
        case .instanceReplaced(let id, let evidence):
            Line(
                level: .warning,
                text:
                    "\(id) fails its probes for so long that another container takes its place (restart_after): \(evidence)",
                fields: fields(id)
            )
        case .instanceAdopted(let id, let container, let endpoint):
            Line(
                text:
                    "the container \(container.rawValue.prefix(12)) at \(endpoint) was adopted as \(id), with its virtual "
                    + "service; neither was touched",
                fields: fields(id, container)
            )
        case .strayFound(let id, let container):
            Line(
                level: .warning,
                text:
                    "the container \(container) has the labels of \(id), but isn't its container: it is drained, stopped and removed",
                fields: fields(id, container)
            )
        case .instanceSuspended(let id, true):
            Line(level: .warning, text: "the container of \(id) was paused by somebody else", fields: fields(id))
        case .instanceSuspended(let id, false): Line(text: "the container of \(id) continues", fields: fields(id))
        case .instanceDisconnected(let id, let delay):
            Line(
                level: .error,
                text: "the container of \(id) was disconnected from its network by somebody else and is removed"
                    + (delay.map { "; another is started in \($0.shortText)" } ?? ""),
                fields: fields(id)
            )
        // The whole service
        case .serviceStopping(let reason):
            Line(text: "the service stops (\(reason.rawValue)): its backends are drained, stopped and removed")
        case .serviceStopped: Line(text: "the service has stopped: no container and no virtual service is left")
        case .handStopped(let revision, let delay):
            Line(
                level: .warning,
                text: "the current revision \(revision) was stopped by hand; it is started again in \(delay.shortText)",
                fields: [.revision: "\(revision)"]
            )
        case .shutDown(let revision):
            Line(
                text: "the host goes down: the current revision \(revision) is drained and stopped",
                fields: [.revision: "\(revision)"]
            )
        }
    }

    private static func by(_ note: OperatorNote) -> String {
        " by \(note.by)" + (note.reason.map { " (\($0))" } ?? "")
    }

    private static func fields(
        _ id: InstanceID,
        _ container: ContainerID? = nil,
        exit: ExitReport? = nil
    ) -> [LogKey: String] {
        var fields: [LogKey: String] = [.revision: "\(id.revision)", .instance: "\(id)"]
        if let container { fields[.container] = container.rawValue }
        if let exit { fields[.exitCode] = "\(exit.code)" }
        return fields
    }
}
