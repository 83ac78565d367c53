/// A candidate that first gets a share of the traffic only.
extension Rollout {
    /// The canary that holds the candidate back; nil once it is promoted, and where nothing else serves.
    package var holdingCanary: Canary? {
        guard let candidate, candidate.revision != promoted, current != nil, candidate.definition.order == .startFirst
        else {
            return nil
        }
        return candidate.definition.canary
    }

    /// The candidate's one canary instance has settled: it waits for its time, or for a person.
    mutating func hold(_ canary: Canary) {
        guard var candidate, candidate.stage == .running else { return }
        candidate.stage = .holding
        self.candidate = candidate
        emit(.cancelTimer(.progress(candidate.revision)))
        emit(.setTimer(.hold(candidate.revision), canary.hold ?? RolloutPolicy.longestHold))
        tell(.canaryHolds(candidate.revision, percent: canary.percent, promotedAfter: canary.hold))
    }

    mutating func promoteCanary() {
        guard var candidate, holdingCanary != nil, pause == nil else { return ignore() }
        promoted = candidate.revision
        if candidate.stage == .holding {
            candidate.stage = .running
            self.candidate = candidate
            emit(.cancelTimer(.hold(candidate.revision)))
            emit(.setTimer(.progress(candidate.revision), candidate.definition.progressDeadline))
        }
        tell(.canaryPromoted(candidate.revision))
    }

    mutating func holdEnded(_ revision: Revision) {
        guard let candidate = candidate(revision, in: .holding), let canary = candidate.definition.canary else {
            return ignore()
        }
        guard canary.hold == nil else { return promoteCanary() }
        failCandidate(
            .progress,
            "it was not promoted within \(RolloutPolicy.longestHold.shortText): "
                + "`smctl promote \(service)` lets it take over, \"hold\" in \"canary\" does so by itself"
        )
    }

    /// The weight that an instance's destination is to have.
    ///
    /// While a canary is held, the weights of both revisions are scaled so that it gets its share of new connections.
    func wantedWeight(of instance: Instance) -> Int {
        let plain = instance.definition.weight
        guard let canary = holdingCanary, let candidate, let current else { return plain }
        let settled = instances.values.filter { $0.id.revision == current.revision && $0.isServing }.count
        guard settled > 0 else { return plain }
        let share = canary.percent * settled
        let rest = 100 - canary.percent
        let divisor = Self.greatestCommonDivisor(share, rest)
        switch instance.id.revision {
        case candidate.revision: return share / divisor
        case current.revision: return rest / divisor
        default: return plain
        }
    }

    private static func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
        second == 0 ? first : greatestCommonDivisor(second, first % second)
    }
}
