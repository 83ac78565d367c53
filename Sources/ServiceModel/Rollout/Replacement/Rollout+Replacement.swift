/// Which instances leave for which others.
///
/// The old revision gives up one place for each instance of the new one, once that has settled. So a service never has fewer
/// serving instances than before, and at most `parallelism` more.
extension Rollout {
    /// The revision that takes over: the candidate once it runs, otherwise the current one.
    private var successor: Deployment? {
        if let candidate, candidate.isRunning { return candidate.deployment }
        return current
    }

    /// Retires instances that have been replaced, or aren't wanted any more.
    mutating func retireReplaced() {
        guard let successor else { return retireOthers(keeping: 1, current: nil) }
        let isTakingOver = successor.revision == candidate?.revision
        let settled = instances.values.filter { isFresh($0, of: successor) && $0.isServing && $0.isSettled }.count
        let replaced = isTakingOver && holdingCanary != nil ? 0 : settled
        let places = (current ?? successor).definition.replicas
        retireOthers(keeping: max(0, places - replaced), current: current?.revision)
    }

    /// True for an instance that is as its revision wants it.
    private func isFresh(_ instance: Instance, of deployment: Deployment) -> Bool {
        instance.id.revision == deployment.revision && !instance.isRetiring && !instance.isOutdated
            && instance.id.slot <= deployment.definition.replicas
    }

    /// Keeps `places` of the instances that aren't the successor's, the best first: those that serve, and those that are
    /// current.
    private mutating func retireOthers(keeping places: Int, current: Revision?) {
        let candidate = candidate?.revision
        var places = places
        let rest = instances.values.filter { instance in
            guard !instance.isRetiring, instance.id.revision != candidate else { return false }
            guard let successor, successor.revision == instance.id.revision else { return true }
            return !isFresh(instance, of: successor)
        }
        func rank(_ instance: Instance) -> (Int, Int, Int) {
            (
                instance.isServing ? 0 : 1, instance.id.revision == current && !instance.isOutdated ? 0 : 1,
                -instance.id.attempt
            )
        }
        for instance in rest.sorted(by: { rank($0) < rank($1) }) {
            let isArriving = instance.id.revision == current && candidate != nil && !instance.isOutdated
            if places > 0, instance.isServing || isArriving {
                places -= 1
            } else {
                instances[instance.id]?.isRetiring = true
            }
        }
    }

    mutating func retireAll() {
        for id in instances.keys { instances[id]?.isRetiring = true }
    }

    /// Keeps the current revision at its number of replicas, and replaces outdated instances.
    mutating func maintainCurrent() {
        guard let current, !units.isHandStopped, current.revision != candidate?.revision else { return }
        if let candidate, candidate.definition.order == .stopFirst {
            switch candidate.stage {
            case .running, .holding: return
            case .clearing:
                // During a pause, instances that made room are started again, once they have left.
                guard pause != nil, !alive(current.revision).contains(where: \.isRetiring) else { return }
            case .claiming, .pulling: break
            }
        }
        if current.definition.order == .stopFirst {
            for instance in alive(current.revision) where instance.isOutdated {
                instances[instance.id]?.isRetiring = true
            }
            if alive(current.revision).contains(where: \.isOutdated) { return }
        }
        let own = alive(current.revision).filter { !$0.isRetiring }
        let fresh = own.filter { isFresh($0, of: current) }
        let taken = Set(fresh.map(\.id.slot))
        let free = (1...current.definition.replicas).filter { !taken.contains($0) && restarts[$0]?.isWaiting != true }
        for slot in free.prefix(allowance(current, own: own, fresh: fresh)) { create(current, slot: slot) }
    }

    /// How many instances of the current revision may be started now.
    private func allowance(_ current: Deployment, own: [Instance], fresh: [Instance]) -> Int {
        if candidate != nil {
            // Places that the candidate has taken aren't filled again.
            let others = instances.values.filter {
                $0.id.revision != current.revision && $0.isServing && !$0.isRetiring
            }
            return max(0, current.definition.replicas - own.count - others.count)
        }
        guard own.contains(where: \.isOutdated) else { return current.definition.replicas }
        let arriving = fresh.filter { !($0.isServing && $0.isSettled) }.count
        return max(0, current.definition.parallelism - arriving)
    }
}
