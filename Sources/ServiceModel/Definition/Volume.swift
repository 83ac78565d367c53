/// Something mounted into a container.
package struct Volume: Hashable, Sendable {
    /// What is mounted.
    package enum Source: Hashable, Sendable {
        /// An absolute path on the host.
        case bind(String)
        /// A Docker volume's name.
        case named(String)
        /// Memory.
        case tmpfs
    }

    /// What is mounted.
    package var source: Source

    /// An absolute path in the container, never `/`.
    package var target: String

    /// Whether the container can't write to it.
    package var isReadOnly: Bool

    /// Makes a volume.
    ///
    /// - Parameters:
    ///   - source: What is mounted.
    ///   - target: An absolute path in the container.
    ///   - isReadOnly: Whether the container can't write to it.
    package init(source: Source, target: String, isReadOnly: Bool = false) {
        self.source = source
        self.target = target
        self.isReadOnly = isReadOnly
    }
}
