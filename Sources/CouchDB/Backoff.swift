/// How long to wait before the next attempt: doubling, with jitter, so that many hosts don't come back at once.
struct Backoff: Sendable {
    private static let ordinary = (first: Duration.milliseconds(500), longest: Duration.seconds(30))
    /// CouchDB locks an account for five minutes after five wrong passwords, even for those who have the right one.
    private static let refused = (first: Duration.seconds(60), longest: Duration.seconds(300))

    private var failures = 0

    mutating func reset() { failures = 0 }

    /// From 0.5 to 30 s; from 60 to 300 s after the server has refused access.
    mutating func delay(after error: CouchDBError, using generator: inout some RandomNumberGenerator) -> Duration {
        let bounds: (first: Duration, longest: Duration)
        switch error {
        case .unauthorized, .forbidden: bounds = Self.refused
        case .connection, .tls, .timedOut, .silent, .databaseMissing, .conflict, .unexpectedStatus, .unreadable,
            .tooLarge,
            .cancelled:
            bounds = Self.ordinary
        }
        let doubled = bounds.first * (1 << min(failures, 10))
        failures += 1
        let jittered = min(doubled, bounds.longest) * Double.random(in: 0.75...1.25, using: &generator)
        return max(bounds.first, min(jittered, bounds.longest))
    }
}
