/// How long to wait before a failed attempt is repeated: twice as long each time, up to a limit.
package struct Backoff: Hashable, Sendable {
    /// The wait after the first failure.
    package let first: Duration

    /// The longest wait.
    package let longest: Duration

    /// - Parameters:
    ///   - first: The wait after the first failure, more than zero.
    ///   - longest: The longest wait.
    package init(from first: Duration, to longest: Duration) {
        self.first = first
        self.longest = longest
    }

    /// The wait before the next attempt.
    ///
    /// - Parameter failures: How many attempts failed before the last one; 0 for the first wait.
    /// - Returns: From `first` to `longest`.
    package func delay(_ failures: Int) -> Duration {
        var delay = first
        for _ in 0..<min(max(failures, 0), 62) where delay < longest { delay *= 2 }
        return min(delay, longest)
    }

    /// The wait after this one.
    package func next(after delay: Duration) -> Duration { min(delay * 2, longest) }
}
