package import ServiceModel
import Synchronization

/// Hands out the turns in which services pull images and start containers, in the order that `StartOrder` decides.
///
/// It is told what each service waits for and has after each of its steps, so a turn ends with its reason: the answer that
/// came, the deadline that passed, the instance that left, the supervisor that ended.
package final class StartTurns: Sendable {
    private struct Content {
        var order: StartOrder
        /// The services that are still to say what they wait for, before the first turn is given.
        var expected: Set<ServiceID> = []
        var inboxes: [ServiceID: @Sendable (RolloutEvent) -> Void] = [:]
        var ahead: [ServiceID: Int] = [:]
    }

    private let content: Mutex<Content>
    private let board: StatusBoard

    /// - Parameters:
    ///   - limit: How many pulls, and how many starts, go on at a time.
    ///   - board: Where it is shown how many come before a service.
    package init(limit: Int, board: StatusBoard) {
        content = Mutex(Content(order: StartOrder(limit: limit)))
        self.board = board
    }

    /// Gives no turn before each of these services has said what it waits for, so that the line has its order from the
    /// beginning.
    package func expect(_ services: Set<ServiceID>) {
        content.withLock { $0.expected = services }
    }

    /// Takes note of what a service waits for and has, and gives the turns that are free.
    ///
    /// - Parameters:
    ///   - rollout: The service as it is now.
    ///   - send: Told of its turns; must not wait.
    package func update(_ rollout: Rollout, _ send: @escaping @Sendable (RolloutEvent) -> Void) {
        change { content in
            content.expected.remove(rollout.service)
            content.inboxes[rollout.service] = send
            content.order.update(rollout.service, rollout.startWishes, needs: rollout.neededServices)
        }
    }

    /// Nothing is supervised of a service any more: what it had is given back.
    package func leave(_ service: ServiceID) {
        change { content in
            content.expected.remove(service)
            content.inboxes[service] = nil
            content.order.update(service, [], needs: [])
        }
    }

    private func change(_ body: (inout Content) -> Void) {
        content.withLock { content in
            body(&content)
            guard content.expected.isEmpty else { return }
            for given in content.order.give() { content.inboxes[given.service]?(.host(.turnGiven(given.turn))) }
            let ahead = content.order.ahead()
            guard ahead != content.ahead else { return }
            content.ahead = ahead
            // Within the lock, so that an older line isn't shown after a newer one.
            board.setAhead(ahead)
        }
    }
}
