/// Routes the answers to an instance's commands and probes.
extension Rollout {
    mutating func apply(_ event: InstanceEvent, to id: InstanceID) {
        switch event {
        case .created(let container): created(id, container)
        case .createFailed(let failure): createFailed(id, failure)
        case .started(let endpoint, let other): started(id, endpoint, other)
        case .startFailed(let failure): startFailed(id, failure)
        case .attached: attached(id)
        case .attachFailed(let failure): commandFailed(id, in: [.attaching, .serving, .ejected], failure)
        case .drained: drained(id)
        case .drainFailed(let failure): commandFailed(id, in: [.draining], failure)
        case .exited(let report): ended(id, report)
        case .stopFailed(let failure): commandFailed(id, in: [.stopping], failure)
        case .detached: detached(id)
        case .detachFailed(let failure): commandFailed(id, in: [.detaching], failure)
        case .removed(let lastLog): removed(id, lastLog: lastLog)
        case .removeFailed(let failure): commandFailed(id, in: [.removing], failure)
        case .probed(let verdict): probed(id, verdict)
        case .exhausted(let evidence): exhausted(id, evidence)
        }
    }
}
