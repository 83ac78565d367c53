package import NIOCore
import Synchronization

/// The connections that a server has accepted and doesn't serve yet.
///
/// A server that ends drops those that still wait for it. NIO traps where a `NIOAsyncChannel` is dropped whose channel is open: so
/// each is kept until it is served, and those that aren't are closed when the server ends.
package final class AcceptedConnections: Sendable {
    private struct State {
        var waiting: [ObjectIdentifier: Waiting] = [:]
        var hasEnded = false
    }

    private struct Waiting {
        let channel: any Channel
        /// The `NIOAsyncChannel`, only to keep it.
        let connection: any Sendable
    }

    private let state = Mutex(State())

    package init() {}

    /// Takes note of a connection that was accepted.
    package func add<Inbound, Outbound>(_ connection: NIOAsyncChannel<Inbound, Outbound>) {
        let waiting = Waiting(channel: connection.channel, connection: connection)
        let isTooLate = state.withLock { state in
            if !state.hasEnded { state.waiting[ObjectIdentifier(waiting.channel)] = waiting }
            return state.hasEnded
        }
        if isTooLate { Self.close(waiting) }
    }

    /// A connection is served now: what serves it closes it.
    package func served(_ channel: any Channel) {
        _ = state.withLock { $0.waiting.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// The server has ended: what waits for it is closed, and so is what still comes.
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
