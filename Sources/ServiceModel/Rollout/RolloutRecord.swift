package import Addresses

/// What must be remembered over a restart, because neither Docker nor the kernel can tell it.
package struct RolloutRecord: Equatable, Sendable, Codable {
    package var isManaged: Bool
    package var target: Revision?
    package var current: Revision?
    package var fallback: Revision?
    package var rejection: Rollout.Rejection?
    package var failures: [FailureEntry]
    package var claimed: [ServiceAddress]
    package var unitAddresses: [ServiceAddress]?
    package var lastAttempt: Int
    package var isWithdrawing: Bool

    package struct FailureEntry: Equatable, Sendable, Codable {
        package var revision: Revision
        package var failure: RevisionFailure
    }

    /// The revisions whose definitions have to be kept for this record to be of use.
    package var revisions: [Revision] { [target, current, fallback].compactMap(\.self) }
}

extension Rollout {
    /// What is to be written to the state directory.
    ///
    /// Equal records need no write.
    package var record: RolloutRecord {
        let isManaged =
            switch management {
            case .managed, .failed: true
            case .unmanaged, .stopping: false
            }
        return RolloutRecord(
            isManaged: isManaged,
            target: target?.revision,
            current: current?.revision,
            fallback: fallback?.revision,
            rejection: rejection,
            failures: failures.map { .init(revision: $0, failure: $1) }
                .sorted { $0.revision.description < $1.revision.description },
            claimed: claimed.sorted(),
            unitAddresses: unitAddresses,
            lastAttempt: lastAttempt,
            isWithdrawing: isWithdrawing
        )
    }
}
