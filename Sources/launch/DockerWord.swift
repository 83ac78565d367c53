/// The daemon's permission to connect to Docker.
///
/// systemd listens on the socket of a stopped Docker, and a connection would start it again. Only the daemon knows whether
/// Docker is stopped.
struct DockerWord {
    /// How long the permission is valid, in milliseconds.
    private static let holds: Int64 = 1000

    /// When the permission was last given, in milliseconds of the monotonic clock.
    private var givenAt: Int64
    private var awaited: Purpose?
    private var isToldOf = false

    /// What the permission is needed for.
    enum Purpose {
        case connection
        case inspection
    }

    init(givenAt: Int64) { self.givenAt = givenAt }

    func holds(at now: Int64) -> Bool { now - givenAt <= Self.holds }

    var isAwaited: Bool { awaited != nil }

    mutating func await(for purpose: Purpose) {
        awaited = purpose
        isToldOf = false
    }

    /// Gives the permission; returns what it was needed for.
    mutating func give(at now: Int64) -> Purpose? {
        givenAt = now
        defer { awaited = nil }
        return awaited
    }

    /// Whether to tell the daemon that `launch` waits for permission; true once for each wait.
    mutating func takeRequest() -> Bool {
        guard isAwaited, !isToldOf else { return false }
        isToldOf = true
        return true
    }
}
