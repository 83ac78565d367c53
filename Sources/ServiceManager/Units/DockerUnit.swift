import Docker
package import Systemd
import Synchronization

/// Keeps the daemon and `launch` from connecting to Docker while docker.service is stopped: docker.socket would start it again.
package final class DockerUnit: EngineGate {
    /// Its name.
    package static let name = "docker.service"

    private struct Content {
        var isOpen: Bool
        /// How many states have been received.
        var heard = 0
        var readers: [Int: AsyncStream<Bool>.Continuation] = [:]
        var lastReader = 0
    }

    private let content: Mutex<Content>
    private let read: @Sendable () async -> UnitState?
    private let isGoingDown: @Sendable () async -> Bool

    /// - Parameters:
    ///   - state: The unit's state; nil when it can't be read, which lets connections pass.
    ///   - isGoingDown: Whether the whole host is shutting down.
    ///   - read: Reads the unit's state.
    package init(
        _ state: UnitState?,
        isGoingDown: @escaping @Sendable () async -> Bool = { false },
        read: @escaping @Sendable () async -> UnitState? = { nil }
    ) {
        self.read = read
        self.isGoingDown = isGoingDown
        content = Mutex(Content(isOpen: state.map { Self.letsPass($0) } ?? true))
    }

    package var isOpen: Bool { content.withLock(\.isOpen) }

    package func refresh() async {
        let before = content.withLock(\.heard)
        guard let state = await read() else { return }
        let isOpen = await letsPass(state)
        // A state that was received meanwhile is newer, or a newer one follows it.
        content.withLock { if $0.heard == before { Self.pass(isOpen, &$0) } }
    }

    package func changes() -> AsyncStream<Bool> {
        let (stream, reader) = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingNewest(1))
        content.withLock { content in
            content.lastReader += 1
            let number = content.lastReader
            content.readers[number] = reader
            reader.onTermination = { [weak self] _ in
                self?.content.withLock { _ = $0.readers.removeValue(forKey: number) }
            }
            reader.yield(content.isOpen)
        }
        return stream
    }

    /// Opens and closes with the unit, until the stream of states ends.
    ///
    /// - Parameter states: The unit's states, as they change.
    package func follow(_ states: AsyncStream<UnitState>) async {
        for await state in states {
            let isOpen = await letsPass(state)
            content.withLock { content in
                content.heard += 1
                Self.pass(isOpen, &content)
            }
        }
    }

    private func letsPass(_ state: UnitState) async -> Bool {
        guard state.job == .stop || state.job == .restart else { return Self.letsPass(state) }
        return Self.letsPass(state, isGoingDown: await isGoingDown())
    }

    private static func pass(_ isOpen: Bool, _ content: inout Content) {
        guard content.isOpen != isOpen else { return }
        content.isOpen = isOpen
        for reader in content.readers.values { reader.yield(isOpen) }
    }

    /// Whether connections to Docker are allowed while its unit is in this state.
    ///
    /// A missing unit means that Docker is run in another way. A unit that hasn't been active since the boot wasn't stopped by
    /// a person: on a host that enables only docker.socket, the first connection starts it.
    ///
    /// - Parameters:
    ///   - state: The unit's state.
    ///   - isGoingDown: Whether the whole host is shutting down. Then services end in an orderly way while Docker's stop waits
    ///     for them, and nothing starts it again.
    /// - Returns: True when a connect starts nothing that was stopped.
    package static func letsPass(_ state: UnitState, isGoingDown: Bool = false) -> Bool {
        guard state.loadState == "loaded", state.activeEnterTimestampMonotonic > 0 else { return true }
        // Its stop waits for the units that require it, and the start of such a unit would cancel the stop.
        if state.job == .stop || state.job == .restart, !isGoingDown { return false }
        return ["active", "activating", "reloading", "maintenance"].contains(state.activeState)
    }
}
