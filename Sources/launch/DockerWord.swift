/// The daemon's word that Docker may be connected to.
///
/// systemd listens on the socket of a Docker that was stopped, and a connection would start it again; only the daemon knows
/// whether Docker is stopped.
struct DockerWord {
    /// How long it holds, in milliseconds.
    private static let holds: Int64 = 1000

    /// When it was last given, in milliseconds of the monotonic clock.
    private var givenAt: Int64
    private var awaited: Purpose?
    private var isToldOf = false

    /// What it is awaited for.
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

    /// It is given; what it was awaited for.
    mutating func give(at now: Int64) -> Purpose? {
        givenAt = now
        defer { awaited = nil }
        return awaited
    }

    /// Whether the daemon is to be told that it is awaited; true once each time.
    mutating func takeRequest() -> Bool {
        guard isAwaited, !isToldOf else { return false }
        isToldOf = true
        return true
    }
}
