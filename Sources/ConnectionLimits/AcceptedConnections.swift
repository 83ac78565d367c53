package import NIOCore
import Synchronization

/// The connections that a server has accepted, but doesn't serve yet.
///
/// A server that ends drops connections that still wait. NIO traps when a `NIOAsyncChannel` with an open channel is dropped.
/// So each connection is kept here until it is served, and the others are closed when the server ends.
package final class AcceptedConnections: Sendable {
    private struct State {
        var waiting: [ObjectIdentifier: Waiting] = [:]
        var hasEnded = false
    }

    private struct Waiting {
        let channel: any Channel
        /// The `NIOAsyncChannel`, which is only kept.
        let connection: any Sendable
    }

    private let state = Mutex(State())

    package init() {}

    /// Keeps an accepted connection.
    package func add<Inbound, Outbound>(_ connection: NIOAsyncChannel<Inbound, Outbound>) {
        let waiting = Waiting(channel: connection.channel, connection: connection)
        let isTooLate = state.withLock { state in
            if !state.hasEnded { state.waiting[ObjectIdentifier(waiting.channel)] = waiting }
            return state.hasEnded
        }
        if isTooLate { Self.close(waiting) }
    }

    /// Releases a connection that is served now.
    ///
    /// What serves it closes it.
    package func served(_ channel: any Channel) {
        _ = state.withLock { $0.waiting.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// Closes the waiting connections, and those that are still accepted, because the server has ended.
    package func end() {
        let waiting = state.withLock { state in
            state.hasEnded = true
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for each in waiting { Self.close(each) }
    }

    private static func close(_ waiting: Waiting) {
        waiting.channel.closeFuture.whenComplete { _ in withExtendedLifetime(waiting.connection) {} }
        waiting.channel.close(promise: nil)
    }
}
