import ServiceManager
import ServiceModel
import Synchronization
import TestSupport

/// A host whose one processor is shared by all containers that are being started, on a manual clock.
final class SlowHost: ContainerRuntime {
    private struct Content {
        var starting = 0
        var most = 0
        var order: [String] = []
    }

    let host = FakeHost()
    let clock: ManualClock
    /// What a start takes when it is the only one.
    let work: Duration
    private let content = Mutex(Content())

    init(_ clock: ManualClock, work: Duration) {
        self.clock = clock
        self.work = work
    }

    /// How many were started at once, at most.
    var most: Int { content.withLock(\.most) }
    /// The images of what was started, in the order in which that began.
    var order: [String] { content.withLock(\.order) }

    /// What a reboot does: all containers have ended, and are gone.
    func forget() {
        content.withLock { $0.order = [] }
    }

    func start(_ container: ContainerID, _ definition: ServiceDefinition) async throws(Failure) -> StartedContainer {
        content.withLock { content in
            content.starting += 1
            content.most = max(content.most, content.starting)
            content.order.append(definition.image)
        }
        defer { content.withLock { $0.starting -= 1 } }
        if definition.image.hasPrefix("hangs") { try? await clock.sleep(for: .seconds(86400)) }
        var left = work
        while left > .zero, !Task.isCancelled {
            try? await clock.sleep(for: .milliseconds(100))
            left -= .milliseconds(100) / content.withLock(\.starting)
        }
        return try await host.start(container, definition)
    }

    func pull(
        _ revision: Revision,
        of service: ServiceID,
        _ definition: ServiceDefinition,
        known: ImageID?,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Failure) -> ImageID {
        try await host.pull(revision, of: service, definition, known: known, progress: progress)
    }

    func removeImages(_ images: [Revision: ImageID], of service: ServiceID) async throws(Failure) {
        try await host.removeImages(images, of: service)
    }

    func create(
        _ instance: InstanceID,
        of service: ServiceID,
        _ document: AcceptedDefinition,
        image: ImageID?
    ) async throws(Failure) -> ContainerID {
        try await host.create(instance, of: service, document, image: image)
    }

    func stop(_ container: ContainerID, _ definition: ServiceDefinition) async throws(Failure) -> ExitReport {
        try await host.stop(container, definition)
    }

    func hasRun(_ container: ContainerID) async -> Bool { await host.hasRun(container) }

    func remove(_ container: ContainerID) async throws(Failure) -> [String] { try await host.remove(container) }
}
