import Docker
import Synchronization

/// The events so far, and a way to wait for one.
final class EventLog: Sendable {
    private let log = Mutex<[DockerEvent]>([])
    private let ending = Mutex<String?>(nil)

    /// How the stream ended; nil as long as it goes on.
    var end: String? {
        ending.withLock { $0 }
    }

    func noteEnd(_ how: String) {
        ending.withLock { $0 = how }
    }

    var all: [DockerEvent] {
        log.withLock { $0 }
    }

    func append(_ event: DockerEvent) {
        log.withLock { $0.append(event) }
    }

    /// Waits until a container's action has been reported; nil after ten seconds.
    func wait(_ id: String, _ action: String) async -> DockerEvent? {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            if let event = all.first(where: { $0.id == id && $0.action == action }) { return event }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return nil
    }
}
