/// A candidate that gets only a share of the traffic at first.
extension Rollout {
    /// The canary that holds the candidate back; nil once it is promoted, or when nothing else serves.
    package var holdingCanary: Canary? {
        guard let candidate, candidate.revision != orders.promoted, current != nil,
            candidate.definition.order == .startFirst
        else {
            return nil
        }
        return candidate.definition.canary
    }

    mutating func promoteCanary() {
        guard let candidate = try? promotable() else { return ignore() }
        orders.promoted = candidate.revision
        self.candidate?.promoteCanary(&steps)
        tell(.canaryPromoted(candidate.revision))
    }

    /// The wanted weight of an instance's destination.
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
        if instance.id.revision == candidate.revision { return share / divisor }
        if instance.id.revision == current.revision { return rest / divisor }
        return plain
    }

    private static func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
        second == 0 ? first : greatestCommonDivisor(second, first % second)
    }
}
