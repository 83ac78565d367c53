/// How a command inside a container ended.
package struct ExecResult: Sendable, Equatable {
    /// The exit code: 0…255.
    ///
    /// It is 126 or 127 for a command that doesn't exist in the container.
    package var exitCode: Int

    /// The last lines that it wrote to its output and error, oldest first.
    package var lines: [String]
}
