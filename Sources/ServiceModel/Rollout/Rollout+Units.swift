/// What systemd is to show of a service. The shell brings the units there, however often it has to try.
extension Rollout {
    /// What a unit of this service is to be.
    package enum UnitWish: Equatable, Sendable {
        /// Running; ready once its revision serves.
        case active(isReady: Bool)
        /// Ended, with this exit code: 0 shows as inactive, anything else as failed.
        case ended(exitCode: Int)
    }

    /// What the unit of each revision that has instances is to be.
    ///
    /// Revisions that aren't named have no running unit.
    package var revisionUnits: [Revision: UnitWish] {
        var wishes: [Revision: UnitWish] = [:]
        if let candidate, candidate.stage != .claiming { wishes[candidate.revision] = .active(isReady: false) }
        for revision in Set(instances.keys.map(\.revision)) {
            let alive = alive(revision)
            if alive.isEmpty {
                if wishes[revision] == nil { wishes[revision] = .ended(exitCode: exits[revision]?.code ?? 0) }
            } else {
                wishes[revision] = .active(isReady: alive.contains { $0.hasDestination && $0.phase != .attaching })
            }
        }
        return wishes
    }

    /// What the manager's unit is to be; nil when nobody has asked for the service.
    package var managerUnit: UnitWish? {
        switch management {
        case .unmanaged: nil
        case .managed: .active(isReady: !serving.isEmpty)
        case .stopping: .active(isReady: true)
        case .failed: .ended(exitCode: 1)
        }
    }
}
