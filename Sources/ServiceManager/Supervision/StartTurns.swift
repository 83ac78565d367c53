package import ServiceModel
import Synchronization

/// Hands out the turns in which services pull images and start containers, in the order that `StartOrder` decides.
///
/// After each step of a service it gets the turns that the service waits for or has. So a turn ends with its reason: an
/// answer, a passed deadline, an instance that left, a supervisor that ended.
package final class StartTurns: Sendable {
    private struct Content {
        var order: StartOrder
        /// The services that must still report what they wait for before the first turn is given.
        var expected: Set<ServiceID> = []
        var inboxes: [ServiceID: @Sendable (RolloutEvent) -> Void] = [:]
        var ahead: [ServiceID: Int] = [:]
    }

    private let content: Mutex<Content>
    private let board: StatusBoard

    /// - Parameters:
    ///   - limit: How many pulls, and how many starts, run at a time.
    ///   - board: Shows how many others come before a service.
    package init(limit: Int, board: StatusBoard) {
        content = Mutex(Content(order: StartOrder(limit: limit)))
        self.board = board
    }

    /// Gives no turn before each of these services has reported what it waits for, so that the line is ordered from the
    /// beginning.
    package func expect(_ services: Set<ServiceID>) {
        content.withLock { $0.expected = services }
    }

    /// Takes the turns that a service waits for and has, and gives the free turns.
    ///
    /// - Parameters:
    ///   - rollout: The service's present rollout.
    ///   - send: Called with the service's turns; must not wait.
    package func update(_ rollout: Rollout, _ send: @escaping @Sendable (RolloutEvent) -> Void) {
        change { content in
            content.expected.remove(rollout.service)
            content.inboxes[rollout.service] = send
            content.order.update(rollout.service, rollout.startWishes, needs: rollout.neededServices)
        }
    }

    /// Takes back the turns of a service that is no longer supervised.
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
            // Inside the lock, so that an older line isn't shown after a newer one.
            board.setAhead(ahead)
        }
    }
}
