/// The result of a program.
package struct ProcessResult: Hashable, Sendable {
    /// The exit status, or 128 plus the signal's number, as in a shell.
    package var exitStatus: Int32

    /// Its standard output; bytes that aren't UTF-8 are replaced.
    package var output: String

    /// Its standard error; bytes that aren't UTF-8 are replaced.
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
