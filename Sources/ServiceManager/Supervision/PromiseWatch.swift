package import Logging
package import ServiceModel

/// Checks the invariants of a rollout after every step.
///
/// A violated invariant is a fault of this program: it is logged and counted, and the rollout continues.
package struct PromiseWatch: Sendable {
    private let service: ServiceID
    private let board: StatusBoard
    private let logger: Logger

    package init(_ service: ServiceID, board: StatusBoard, logger: Logger) {
        self.service = service
        self.board = board
        self.logger = logger
    }

    /// - Parameters:
    ///   - before: The rollout before the event.
    ///   - event: What happened.
    ///   - actions: The actions that followed.
    ///   - after: The rollout after the event.
    package func look(before: Rollout, event: RolloutEvent, actions: [RolloutAction], after: Rollout) {
        for broken in RolloutChecks.violations(before: before, event: event, actions: actions, after: after) {
            board.countBroken(broken.invariant)
            logger.error(
                "\(service): a promise was broken, which is a fault of service-managerd: \(broken.invariant): "
                    + "\(broken.message); report it with the output of: "
                    + "journalctl -u service-managerd SERVICE_ID=\(service)",
                [.service: "\(service)"]
            )
        }
    }
}
