package import BlockingCalls

/// How the files are read that a definition's environment names: they may be on a server that doesn't answer.
package struct EnvironmentFiles: Sendable {
    /// Reads a file, of at most so many bytes.
    package typealias Reading = @Sendable (_ path: String, _ limit: Int) throws(RegularFileError) -> [UInt8]

    let limit: Duration
    let pool: BlockingPool
    let read: Reading

    /// - Parameters:
    ///   - limit: How long all files of a container may take.
    ///   - pool: The threads that wait for them.
    ///   - read: Reads one.
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
