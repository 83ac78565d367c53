/// Something mounted into a container.
package struct Volume: Hashable, Sendable {
    /// What is mounted.
    package enum Source: Hashable, Sendable {
        /// An absolute path on the host.
        case bind(String)
        /// A Docker volume's name.
        case named(String)
        /// A Docker volume without a name, which is deleted with its container.
        case anonymous
        /// Memory.
        case tmpfs
    }

    /// What is mounted.
    package var source: Source

    /// An absolute path in the container, never `/`.
    package var target: String

    /// Whether the container can't write to it.
    package var isReadOnly: Bool

    /// Further options as `docker run -v` accepts them, at most one of each kind.
    ///
    /// They are `z`, `Z`, a propagation such as `rslave`, `nocopy`, or a consistency. Objects and tmpfs have none.
    package var options: [String]

    /// Makes a volume.
    ///
    /// - Parameters:
    ///   - source: What is mounted.
    ///   - target: An absolute path in the container.
    ///   - isReadOnly: Whether the container can't write to it.
    ///   - options: Further options of `docker run -v`.
    package init(source: Source, target: String, isReadOnly: Bool = false, options: [String] = []) {
        self.source = source
        self.target = target
        self.isReadOnly = isReadOnly
        self.options = options
    }
}
