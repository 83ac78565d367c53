/// How a command inside a container ended.
package struct ExecResult: Sendable, Equatable {
    /// What it ended with: 0…255.
    ///
    /// A command that doesn't exist in the container is 126 or 127.
    package var exitCode: Int

    /// The last lines that it wrote to its output and error, oldest first.
    package var lines: [String]
}
