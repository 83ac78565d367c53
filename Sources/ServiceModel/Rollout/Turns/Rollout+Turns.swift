/// Turns: the host pulls images and starts containers a limited number at a time.
///
/// A deadline runs from the turn on, and is paused while the service waits for a later turn.
extension Rollout {
    /// The turns that the service waits for or has.
    ///
    /// Turns that aren't named are free for others.
    package var startWishes: [StartWish] {
        var wishes: [StartWish] = []
        let isDown = serving.isEmpty
        if let candidate, let pulling = candidate.pulling, pulling.step != .resting {
            wishes.append(
                StartWish(.pull(candidate.revision), isDown && revisions.fallback != nil ? .restoring : .arriving)
            )
        }
        var rank = instances.values.count { !$0.isRetiring && $0.phase.isBroughtUp }
        for instance in instances.values.sorted(by: { $0.id < $1.id }) where !instance.isRetiring {
            switch instance.phase {
            case .queued, .creating, .starting: break
            case .probing, .attaching, .serving, .ejected, .draining, .stopping, .detaching, .removing: continue
            }
            wishes.append(StartWish(.start(instance.id), urgency(of: instance.id, isDown: isDown), rank: rank))
            rank += 1
        }
        return wishes
    }

    /// The services that the wanted definition names in `wants` and `after`.
    package var neededServices: Set<ServiceID> {
        guard let definition = (goal ?? current)?.definition else { return [] }
        let names = (definition.wants + definition.after).compactMap { unit -> String? in
            guard let at = unit.firstIndex(of: "@") else { return nil }
            return String(unit[..<at])
        }
        return Set(names.compactMap { try? ServiceID($0) }).subtracting([service])
    }

    private func urgency(of id: InstanceID, isDown: Bool) -> StartWish.Urgency {
        let isCurrent = id.revision == current?.revision
        if isCurrent, restarts[id.slot]?.isCrashLoop == true { return .crashLooping }
        return isDown && (isCurrent || revisions.fallback != nil) ? .restoring : .arriving
    }

    /// Takes a turn: the command is given, and its deadline starts.
    mutating func turnGiven(_ turn: StartTurn) {
        switch turn {
        case .pull(let revision): beginPull(revision)
        case .start(let id):
            guard let instance = instances[id], instance.phase == .queued, !instance.isRetiring else {
                return ignore()
            }
            instances[id]?.enter(.creating)
            emit(.setTimer(.start(id), instance.definition.startDeadline))
            emit(.create(id, instance.definition, images[id.revision]))
        }
    }
}

extension Instance.Phase {
    /// True from the order to create its container until it is asked to end.
    fileprivate var isBroughtUp: Bool {
        switch self {
        case .probing, .attaching, .serving, .ejected: true
        case .queued, .creating, .starting, .draining, .stopping, .detaching, .removing: false
        }
    }
}
