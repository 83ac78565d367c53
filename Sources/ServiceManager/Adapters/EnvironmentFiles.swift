package import BlockingCalls

/// Reads the files that a definition's environment names, which may be on a server that doesn't answer.
package struct EnvironmentFiles: Sendable {
    /// Reads a file of at most `limit` bytes.
    package typealias Reading = @Sendable (_ path: String, _ limit: Int) throws(RegularFileError) -> [UInt8]

    let limit: Duration
    let pool: BlockingPool
    let read: Reading

    /// - Parameters:
    ///   - limit: How long all files of a container may take.
    ///   - pool: The threads that wait for the files.
    ///   - read: Reads one file.
    package init(
        limit: Duration = .seconds(10),
        pool: BlockingPool = .files,
        read: @escaping Reading = RegularFile.read
    ) {
        self.limit = limit
        self.pool = pool
        self.read = read
    }
}
