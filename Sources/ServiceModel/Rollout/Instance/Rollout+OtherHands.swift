/// Changes to an instance's container that the service didn't ask for, and the return of Docker.
extension Rollout {
    mutating func suspended(_ id: InstanceID, _ isSuspended: Bool) {
        guard let instance = instances[id], instance.isAlive, !instance.processHasEnded,
            instance.isSuspended != isSuspended
        else {
            return ignore()
        }
        instances[id]?.process = isSuspended ? .suspended : .running
        tell(.instanceSuspended(id, isSuspended))
        switch instance.phase {
        case .probing, .attaching, .serving, .ejected: break
        case .queued, .creating, .starting, .draining, .stopping, .detaching, .removing: return
        }
        if isSuspended {
            probed(
                id,
                .failing("its container is paused: docker unpause \(instance.container?.rawValue.prefix(12) ?? "")")
            )
        } else if let instance = instances[id] {
            // A kind of check that never fails must report again, too.
            emit(.stopProbing(id))
            probe(instance, instance.isSettled ? .steady : .startup)
        }
    }

    /// Ends all waits after Docker's return.
    ///
    /// What seemed to be stopped by hand was stopped by Docker itself, and restarts failed because Docker didn't answer.
    mutating func engineReturned() {
        for id in instances.keys.sorted() where instances[id]?.command.awaitsRetry == true {
            emit(.cancelTimer(.retry(id)))
            repeatCommand(id)
        }
        guard pause == nil else { return }
        for id in instances.keys where instances[id]?.isKept == true { instances[id]?.isRetiring = true }
        for slot in restarts.keys where restarts[slot]?.isWaiting == true {
            emit(.cancelTimer(.restart(slot: slot)))
            slots.endWait(slot)
        }
    }

    /// Handles a lost network.
    ///
    /// Docker may give the address to another container, so the destination is deleted at once, and the container after it.
    mutating func disconnected(_ id: InstanceID) {
        guard let instance = instances[id], instance.isAlive else { return ignore() }
        switch instance.phase {
        case .probing, .attaching, .serving, .ejected, .draining: break
        case .queued, .creating, .starting, .stopping, .detaching, .removing: return ignore()
        }
        cancelTimers(of: instance)
        if instance.hasDestination {
            emit(.purge(instance.destinations.mapValues { [$0] }))
        }
        var delay: Duration?
        if !instance.isRetiring {
            if id.revision == candidate?.revision {
                failCandidate(
                    RevisionFailure(
                        phase: .healthy,
                        message: "its container was disconnected from its network by somebody else"
                    )
                )
            } else if id.revision == current?.revision {
                delay = scheduleRestart(slot: id.slot, trouble: "disconnected from its network by somebody else")
            }
        }
        tell(.instanceDisconnected(id, restartAfter: delay))
        instances[id]?.destination = nil
        instances[id]?.isRetiring = true
        beginStop(id)
    }
}
