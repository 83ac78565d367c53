/// What a program left behind.
package struct ProcessResult: Hashable, Sendable {
    /// The exit status, or 128 and the signal's number, as a shell has it.
    package var exitStatus: Int32

    /// What it wrote to its standard output; bytes that aren't UTF-8 are replaced.
    package var output: String

    /// What it wrote to its standard error; bytes that aren't UTF-8 are replaced.
    package var errorOutput: String

    /// Makes a result.
    ///
    /// - Parameters:
    ///   - exitStatus: The exit status.
    ///   - output: Its standard output.
    ///   - errorOutput: Its standard error.
    package init(exitStatus: Int32, output: String, errorOutput: String) {
        self.exitStatus = exitStatus
        self.output = output
        self.errorOutput = errorOutput
    }
}
