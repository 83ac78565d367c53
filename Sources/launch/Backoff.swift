/// When to try again: after 0.2 s, and then after twice as long each time, up to 5 s.
struct Backoff {
    private static let first: Int64 = 200
    private static let longest: Int64 = 5000

    private var delay = Self.first

    /// The next delay in milliseconds.
    mutating func next() -> Int64 {
        let current = delay
        delay = min(delay * 2, Self.longest)
        return current
    }

    /// Begins with the shortest delay again.
    mutating func reset() {
        delay = Self.first
    }
}
