import Backoff

/// When to connect again, with jitter, so that many hosts don't come back at the same time.
struct Reconnection: Sendable {
    private static let ordinary = Backoff(from: .milliseconds(500), to: .seconds(30))
    /// CouchDB locks an account for 5 min after five wrong passwords, even for clients with the right one.
    private static let refused = Backoff(from: .seconds(60), to: .seconds(300))

    private var failures = 0

    mutating func reset() { failures = 0 }

    /// From 0.5 to 30 s; from 60 to 300 s after the server has refused access.
    mutating func delay(after error: CouchDBError, using generator: inout some RandomNumberGenerator) -> Duration {
        let backoff: Backoff
        switch error {
        case .unauthorized, .forbidden: backoff = Self.refused
        case .connection, .tls, .timedOut, .silent, .databaseMissing, .conflict, .unexpectedStatus, .unreadable,
            .tooLarge,
            .cancelled:
            backoff = Self.ordinary
        }
        let jittered = backoff.delay(failures) * Double.random(in: 0.75...1.25, using: &generator)
        failures += 1
        return max(backoff.first, min(jittered, backoff.longest))
    }
}
