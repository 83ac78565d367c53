import ArgumentParser

/// One thing that smctl does.
protocol Verb: ParsableCommand, Sendable {
    /// Does it. Data goes to `output.line`, everything else to `output.note`.
    func run(_ output: Output) async throws -> ExitStatus
}
