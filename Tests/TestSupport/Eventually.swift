/// A state that a test waited for did not come about.
package struct NeverHappened: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) {
        self.description = description
    }
}

/// Waits until a condition holds, looking every two milliseconds.
///
/// The limit is generous, because the machine may have other work: it only bounds how long a broken program holds up the tests.
///
/// - Throws: ``NeverHappened`` after `limit`.
package func eventually(
    _ what: String,
    within limit: Duration = .seconds(120),
    _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: limit)
    while try await !condition() {
        guard clock.now < deadline else { throw NeverHappened(description: "within \(limit): \(what)") }
        try await clock.sleep(for: .milliseconds(2))
    }
}
